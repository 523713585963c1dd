package gonet.test;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Calls {@link Faults#install} before the first test of the process touches gonet: with {@link
 * ExtendWith} on the first test class, above {@link LeakCheck}, or for all of them by JUnit's
 * automatic detection. For that {@code META-INF/services/org.junit.jupiter.api.extension.Extension}
 * names it, and {@code junit-platform.properties} says {@code
 * junit.jupiter.extensions.autodetection.enabled = true}.
 */
public final class FaultsInstaller implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Faults.install();
  }
}
