package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for a condition, looking often: most become true within microseconds. */
final class Eventually {
  private Eventually() {}

  static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofMinutes(1))
        .until(condition);
  }

  /** Waits until a moment of {@link Clock} is over, as a slow system call would. */
  static void passed(long moment) {
    until(() -> Clock.now() > moment);
  }
}
