package gonet.internal.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time as users say it, turned into numbers: checked, rounded up so that nothing fires early, and
 * saturated instead of overflowing. Stateless; any thread.
 */
public final class Durations {

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** That many seconds and a fraction are too many nanoseconds for a long. */
  private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND;

  private Durations() {}

  /**
   * Nanoseconds of a duration of at least zero; {@code Long.MAX_VALUE}, some 292 years, for all
   * that is longer.
   *
   * @param name what the caller calls it, for the message
   * @throws IllegalArgumentException naming the value, when it is negative
   */
  public static long nanos(Duration duration, String name) {
    Objects.requireNonNull(duration, name);
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + " is negative: " + duration);
    }
    return saturatedNanos(duration);
  }

  /**
   * Nanoseconds of a duration above zero, saturated as {@link #nanos} does.
   *
   * @throws IllegalArgumentException naming the value, when it is zero or negative
   */
  public static long positiveNanos(Duration duration, String name) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(name + " is not above zero: " + duration);
    }
    return saturatedNanos(duration);
  }

  /**
   * Whole seconds, rounded up.
   *
   * @throws IllegalArgumentException naming the value, when the result is not in {@code [min, max]}
   */
  public static int seconds(Duration duration, String name, int min, int max) {
    return units(duration, TimeUnit.SECONDS, "s", name, min, max);
  }

  /**
   * Whole milliseconds, rounded up.
   *
   * @throws IllegalArgumentException naming the value, when the result is not in {@code [min, max]}
   */
  public static int millis(Duration duration, String name, int min, int max) {
    return units(duration, TimeUnit.MILLISECONDS, "ms", name, min, max);
  }

  /**
   * The moment of {@link Clock} at which a wall-clock deadline is due. The wall clock is looked at
   * once, here: what it does afterwards, set by hand or by NTP, does not move the deadline.
   *
   * @param deadline by the wall clock, {@link Instant#MIN} to {@link Instant#MAX}; null for none
   * @return {@link Clock#NONE} for none, {@link Clock#LONG_AGO} for one that is not in the future
   */
  public static long moment(@Nullable Instant deadline) {
    return deadline == null ? Clock.NONE : moment(deadline, Instant.now(), Clock.now());
  }

  /**
   * The same, with both clocks given.
   *
   * @param wallNow the wall clock now
   * @param monotonicNow {@link Clock#now} now
   * @return saturated at {@code Long.MAX_VALUE}
   */
  public static long moment(Instant deadline, Instant wallNow, long monotonicNow) {
    long nanos = nanosBetween(wallNow, deadline);
    if (nanos <= 0) {
      return Clock.LONG_AGO;
    }
    long when = monotonicNow + nanos;
    return when < 0 ? Long.MAX_VALUE : when;
  }

  /**
   * The wall-clock deadline of a moment: what {@link #moment(Instant)} would turn into it now. So
   * it follows the wall clock when that is set anew, and differs from the deadline that was given
   * by what the wall clock and the monotonic one have gone apart since, and by the time between a
   * look at the one and a look at the other, which is less than a microsecond on an idle machine.
   *
   * @return null for {@link Clock#NONE}; for one that had passed when it was set a moment in the
   *     past; {@link Instant#MAX} for {@code Long.MAX_VALUE}
   */
  public static @Nullable Instant instant(long moment) {
    return moment == Clock.NONE ? null : instant(moment, Instant.now(), Clock.now());
  }

  /**
   * The same, with both clocks given.
   *
   * @param moment not {@link Clock#NONE}
   */
  public static Instant instant(long moment, Instant wallNow, long monotonicNow) {
    return moment == Long.MAX_VALUE ? Instant.MAX : wallNow.plusNanos(moment - monotonicNow);
  }

  /** A time for each call, as {@link #positiveNanos} made it; null for zero, which means none. */
  public static @Nullable Duration each(long nanos) {
    return nanos == 0 ? null : Duration.ofNanos(nanos);
  }

  /**
   * Saturated. Not by way of a Duration: its making takes another branch in the part of each second
   * in which the fraction of now is the larger one, so that code compiled in the other part is
   * thrown away, and every deadline leaves objects behind until it has been compiled again.
   */
  private static long nanosBetween(Instant start, Instant end) {
    long seconds = end.getEpochSecond() - start.getEpochSecond(); // both have room to spare
    if (Math.abs(seconds) >= MAX_SECONDS) {
      return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return seconds * NANOS_PER_SECOND + (end.getNano() - start.getNano());
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
              Locale.ROOT,
              "%s is %s, not between %d %s and %d %s",
              name,
              duration,
              min,
              symbol,
              max,
              symbol));
    }
    return (int) units;
  }

  /** TimeUnit's conversion saturates, unlike {@link Duration#toNanos}. */
  private static long saturatedNanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }
}
