package gonet.test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Waits for a number that grows to stand still: a sender that is held back, for instance. */
public final class Standstill {

  private Standstill() {}

  /**
   * Returns when the number is above zero and has not changed for so long.
   *
   * @throws org.awaitility.core.ConditionTimeoutException after 40 s
   */
  public static void await(AtomicLong number, Duration unchanged) {
    long[] last = {-1, 0};
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              if (last[0] != number.get()) {
                last[0] = number.get();
                last[1] = System.nanoTime();
              }
              return last[0] > 0 && System.nanoTime() - last[1] > unchanged.toNanos();
            });
  }
}
