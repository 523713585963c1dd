package gonet;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Time as users say it, turned into numbers: checked, rounded up so that nothing fires early, and
 * saturated instead of overflowing. Pure functions; any thread.
 */
final class Durations {

  private Durations() {}

  /**
   * Nanoseconds of a duration of at least zero; {@code Long.MAX_VALUE}, some 292 years, for all
   * that is longer.
   *
   * @param name what the caller calls it, for the message
   * @throws IllegalArgumentException naming the value, when it is negative
   */
  static long nanos(Duration duration, String name) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + " is negative: " + duration);
    }
    return saturatedNanos(duration);
  }

  /**
   * Whole seconds, rounded up.
   *
   * @throws IllegalArgumentException naming the value, when the result is not in {@code [min, max]}
   */
  static int seconds(Duration duration, String name, int min, int max) {
    return units(duration, TimeUnit.SECONDS, "s", name, min, max);
  }

  /**
   * Whole milliseconds, rounded up.
   *
   * @throws IllegalArgumentException naming the value, when the result is not in {@code [min, max]}
   */
  static int millis(Duration duration, String name, int min, int max) {
    return units(duration, TimeUnit.MILLISECONDS, "ms", name, min, max);
  }

  /**
   * The monotonic time at which a wall-clock deadline is due. The wall clock is looked at once,
   * here: what it does afterwards, set by hand or by NTP, does not move the deadline.
   *
   * @param deadline by the wall clock; {@link Instant#MIN} to {@link Instant#MAX}
   * @param wallNow the wall clock now
   * @param monotonicNow the monotonic clock now, in nanoseconds from any origin
   * @return saturated at both ends of {@code long}, so compare with {@code <}, never by a
   *     difference; at most {@code monotonicNow} when the deadline is not in the future
   */
  static long monotonic(Instant deadline, Instant wallNow, long monotonicNow) {
    return plus(monotonicNow, saturatedNanos(Duration.between(wallNow, deadline)));
  }

  /** The sum, saturated at both ends of {@code long}. */
  static long plus(long monotonicNow, long nanos) {
    long sum = monotonicNow + nanos;
    // Overflow shows as a sum whose sign is neither operand's (Hacker's Delight 2-13).
    if (((monotonicNow ^ sum) & (nanos ^ sum)) < 0) {
      return nanos < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return sum;
  }

  private static int units(
      Duration duration, TimeUnit unit, String symbol, String name, int min, int max) {
    // The upper bound first: beyond it, rounding up could overflow.
    boolean fits =
        !duration.isNegative() && duration.compareTo(Duration.of(max, unit.toChronoUnit())) <= 0;
    long units = fits ? unit.convert(duration.plusNanos(unit.toNanos(1) - 1)) : -1;
    if (units < min) {
      throw new IllegalArgumentException(
          String.format(
              "%s is %s, not between %d %s and %d %s", name, duration, min, symbol, max, symbol));
    }
    return (int) units;
  }

  /** TimeUnit's conversion saturates, unlike {@link Duration#toNanos}. */
  private static long saturatedNanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }
}
