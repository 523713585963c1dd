package gonet.test;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Puts the fault switch in its place before the first test of the process touches gonet. */
public final class FaultsInstaller implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Faults.install();
  }
}
