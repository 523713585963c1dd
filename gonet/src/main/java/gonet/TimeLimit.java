package gonet;

import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of the time that a piece of work may take, however many calls the work is: {@link
 * Conn#within} bounds calls by a limit, beside the connection's own deadlines, which belong to
 * everybody who uses the connection. A call that fails for want of time tells whose limit it was:
 * {@link NetTimeoutException#limit}.
 *
 * <p>A limit is itself alone: two with the same moment are not equal. Immutable and safe for any
 * thread.
 *
 * <p>Go: the deadline of a {@code context.Context}.
 *
 * @since 0.1
 */
public final class TimeLimit {

  /** Of {@link Clock}, never {@link Clock#NONE}. */
  private final long moment;

  private TimeLimit(long moment) {
    this.moment = moment;
  }

  /** So long from now, counted by the monotonic clock; zero and less is over already. */
  public static TimeLimit after(Duration time) {
    Objects.requireNonNull(time, "time");
    return new TimeLimit(
        time.isNegative() ? Clock.LONG_AGO : Clock.after(Durations.nanos(time, "time")));
  }

  /** A moment of the wall clock, which is looked at once, here. */
  public static TimeLimit at(Instant when) {
    return new TimeLimit(Durations.moment(Objects.requireNonNull(when, "when")));
  }

  /** A moment of the monotonic clock. */
  static TimeLimit atMoment(long moment) {
    return new TimeLimit(moment);
  }

  /** Whether the time is over. */
  public boolean isOver() {
    return moment <= Clock.now();
  }

  /** The time that is left; zero when it is over. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, moment - Clock.now()));
  }

  /** The earlier of two limits, either of which may be null for none; of equal ones the first. */
  public static @Nullable TimeLimit earlier(@Nullable TimeLimit a, @Nullable TimeLimit b) {
    if (a == null) {
      return b;
    }
    return b == null || a.moment <= b.moment ? a : b;
  }

  /** The moment of the clock for a moment of the wall clock; {@link Clock#NONE} for none. */
  static long moment(@Nullable Instant when) {
    return Durations.moment(when);
  }

  /** The moment of the clock; {@link Clock#NONE} for no limit. */
  static long moment(@Nullable TimeLimit limit) {
    return limit == null ? Clock.NONE : limit.moment;
  }

  /** The time that is left. */
  @Override
  public String toString() {
    return isOver() ? "time limit, over" : "time limit in " + left();
  }
}
