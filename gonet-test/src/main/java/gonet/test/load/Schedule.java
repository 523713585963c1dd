package gonet.test.load;

/**
 * When the requests of one connection are due: evenly spread over time and over the connections. A
 * latency counts from that moment, and not from when the request could be sent. So a server that
 * stalls is charged for every request that it kept from being sent.
 *
 * <p>Used by one thread.
 */
final class Schedule {
  private final long startNanos;
  private final double intervalNanos;
  private long sent;

  /**
   * Of one connection of several.
   *
   * @param startNanos of {@link System#nanoTime}
   * @param rate requests a second over all connections
   * @param number of the connection, from 0
   */
  Schedule(long startNanos, double rate, int number, int connections) {
    double between = 1e9 / rate;
    this.startNanos = startNanos + (long) (between * number);
    this.intervalNanos = between * connections;
  }

  /** The moment of the next request, which may be past; each call tells the one after. */
  long nextDueNanos() {
    return startNanos + (long) (intervalNanos * sent++);
  }
}
