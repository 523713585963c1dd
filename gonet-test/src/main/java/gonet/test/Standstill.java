package gonet.test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Waits for a number that grows to stand still: a sender that is held back, for instance. */
public final class Standstill {

  private Standstill() {}

  private static final Duration LOOK = Duration.ofMillis(10);

  /**
   * Returns when the number is above zero and has not changed for so long. What counts is looks,
   * one every 10 ms: while the machine is too busy for those it may be too busy for what makes the
   * number grow.
   *
   * @throws org.awaitility.core.ConditionTimeoutException after 40 s
   */
  public static void await(AtomicLong number, Duration unchanged) {
    long[] last = {-1, 0};
    Awaitility.await()
        .pollDelay(LOOK)
        .pollInterval(LOOK)
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              long now = number.get();
              last[1] = last[0] == now ? last[1] + 1 : 0;
              last[0] = now;
              return now > 0 && last[1] > unchanged.dividedBy(LOOK);
            });
  }
}
