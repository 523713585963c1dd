package gonet.test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Waits for a number that grows to stand still: a sender that is held back, for instance. */
public final class Standstill {

  private Standstill() {}

  private static final Duration LOOK = Duration.ofMillis(10);

  /**
   * Returns when the number is above zero and has not changed for so long. What counts is looks,
   * one every 10 ms: while the machine is too busy for those it may be too busy for what makes the
   * number grow.
   *
   * @throws AssertionError after 40 s
   */
  public static void await(AtomicLong number, Duration unchanged) {
    long[] last = {-1, 0};
    Eventually.holds(
        "standstill",
        LOOK,
        Duration.ofSeconds(40),
        () -> {
          long now = number.get();
          last[1] = last[0] == now ? last[1] + 1 : 0;
          last[0] = now;
          return now > 0 && last[1] > unchanged.dividedBy(LOOK);
        });
  }
}
