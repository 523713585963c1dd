package gonet.internal.time;

/**
 * Monotonic time in nanoseconds since shortly before the first call, always positive, so that zero
 * can mean "no deadline". Steps of the wall clock do not move it.
 */
public final class Clock {

  /** No deadline. */
  public static final long NONE = 0;

  /** A moment that has always passed already. */
  public static final long LONG_AGO = 1;

  private static final long ORIGIN = System.nanoTime() - 2;

  private Clock() {}

  /** The present moment, at least 2 and never going back. */
  public static long now() {
    return System.nanoTime() - ORIGIN;
  }

  /**
   * The moment {@code nanos} from now: {@link #LONG_AGO} for zero and less, {@link Long#MAX_VALUE}
   * when the sum would overflow (292 years are for ever).
   */
  public static long after(long nanos) {
    if (nanos <= 0) {
      return LONG_AGO;
    }
    return plus(now(), nanos);
  }

  /**
   * {@code moment + nanos}, saturating: what would lie beyond all time is {@link Long#MAX_VALUE},
   * what would lie before it {@link #LONG_AGO}. Everybody adds through this.
   */
  public static long plus(long moment, long nanos) {
    long sum = moment + nanos;
    if (nanos >= 0) {
      return sum < moment ? Long.MAX_VALUE : sum;
    }
    return sum > moment || sum < LONG_AGO ? LONG_AGO : sum;
  }

  /** The earlier of two deadlines, either of which may be {@link #NONE}. */
  public static long earlier(long a, long b) {
    if (a == NONE) {
      return b;
    }
    return b == NONE || a <= b ? a : b;
  }
}
