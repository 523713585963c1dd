package gonet.cluster;

/**
 * How long a worker waits for its next process: each time twice as long, up to a limit, and from
 * the beginning again behind a process that was well for long enough. One thread.
 */
final class BackOff {
  private final long firstNanos;
  private final long maxNanos;
  private final long healthyNanos;
  private long next;

  BackOff(long firstNanos, long maxNanos, long healthyNanos) {
    this.firstNanos = firstNanos;
    this.maxNanos = maxNanos;
    this.healthyNanos = healthyNanos;
    this.next = firstNanos;
  }

  /**
   * A process has ended.
   *
   * @param readyNanos how long it was ready, 0 if it never was
   * @return how long to wait now
   */
  long after(long readyNanos) {
    if (readyNanos >= healthyNanos) {
      next = firstNanos;
    }
    long now = Math.min(next, maxNanos);
    next = now > maxNanos / 2 ? maxNanos : now * 2;
    return now;
  }
}
