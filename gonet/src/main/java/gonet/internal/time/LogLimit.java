package gonet.internal.time;

/**
 * How many lines of one kind may go to a log: so many in a period, and the next one tells how many
 * were left out. What goes wrong a thousand times a second must not fill the disk as well.
 *
 * <p>Thread-safe.
 */
public final class LogLimit {

  /** What {@link #admit} answers for a line that is one too many. */
  public static final long SILENT = -1;

  private final int lines;
  private final long periodNanos;

  // Guarded by the monitor of this object.
  private long periodEnds = Clock.LONG_AGO;
  private int admitted;
  private long leftOut;

  /**
   * @param lines at least one
   */
  public LogLimit(int lines, long periodNanos) {
    this.lines = lines;
    this.periodNanos = periodNanos;
  }

  /** The number of lines left out since the last that was admitted, or {@link #SILENT}. */
  public long admit() {
    return admit(Clock.now());
  }

  synchronized long admit(long now) {
    if (now >= periodEnds) {
      periodEnds = Clock.plus(now, periodNanos);
      admitted = 0;
    }
    if (admitted == lines) {
      leftOut++;
      return SILENT;
    }
    admitted++;
    long before = leftOut;
    leftOut = 0;
    return before;
  }
}
