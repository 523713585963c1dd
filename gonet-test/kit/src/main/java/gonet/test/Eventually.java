package gonet.test;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for something by looking again and again. It looks on the thread that asks, so that it also
 * works on one of a simulation.
 */
final class Eventually {

  private Eventually() {}

  /** A look every millisecond, for ten seconds at most. */
  static void holds(String what, BooleanSupplier condition) {
    holds(what, Duration.ofMillis(1), Duration.ofSeconds(10), condition);
  }

  /**
   * Looks at once, and then after each pause.
   *
   * @throws AssertionError if it does not hold within {@code limit}, or the thread is interrupted,
   *     which it then still is
   */
  static void holds(String what, Duration pause, Duration limit, BooleanSupplier condition) {
    if (!comesTrue(what, pause, limit, condition)) {
      fail(what + ": not within " + limit.toSeconds() + " s");
    }
  }

  /** As {@link #holds}, with the answer instead of the failure when the time is over. */
  static boolean comesTrue(String what, Duration pause, Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return fail(what + ": interrupted while it waited", e);
      }
    }
    return true;
  }
}
