package gonet.test.load;

import java.time.Duration;

/**
 * What to do.
 *
 * @param target {@code host:port}
 * @param rate requests a second over all connections; 0 for as many as the server answers
 * @param sizeBytes of a request
 * @param depth requests in flight on a connection
 * @param deadline before every read; zero for none
 * @param expectedInterval between two requests of a connection, for the correction of a closed
 *     loop; zero for none
 */
record Settings(
    String target,
    Mode mode,
    int connections,
    Duration duration,
    Duration warmUp,
    double rate,
    int sizeBytes,
    int depth,
    Duration deadline,
    Duration connectTimeout,
    Duration expectedInterval) {

  /** Whether requests are sent when they are due, and not when the one before was answered. */
  boolean isOpenLoop() {
    return rate > 0;
  }
}
