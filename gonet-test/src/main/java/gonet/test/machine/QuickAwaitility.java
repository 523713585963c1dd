package gonet.test.machine;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks at what a test awaits at once and then every few milliseconds. Awaitility's own choice is a
 * tenth of a second, and a suite that awaits ten thousand conditions would spend a quarter of an
 * hour on it.
 */
public final class QuickAwaitility implements BeforeAllCallback {
  private static final Duration LOOK = Duration.ofMillis(5);

  /** A machine with one busy core stands still for some seconds now and then. */
  private static final Duration LONG = Duration.ofMinutes(1);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(LOOK);
    Awaitility.setDefaultTimeout(LONG);
  }
}
