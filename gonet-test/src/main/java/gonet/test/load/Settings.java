package gonet.test.load;

import gonet.test.report.Figures;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What to do.
 *
 * @param rate requests a second over all connections; 0 for as many as the server answers
 * @param sizeBytes of a request; of HTTP, of its body
 * @param depth requests in flight on a connection
 * @param deadline before every read; zero for none
 * @param expectedInterval between two requests of a connection, for the correction of a closed
 *     loop; zero for none
 */
record Settings(
    Target target,
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

  /** What each request of a connection is. */
  Exchange exchange(Consumer<String> complaints) {
    return target.isHttp()
        ? new HttpExchange(target, sizeBytes, complaints)
        : new EchoExchange(sizeBytes);
  }

  /** In words. */
  String words() {
    return connections
        + (connections == 1 ? " connection" : " connections")
        + (sizeBytes > 0 ? ", " + sizeBytes + " bytes" : "")
        + (depth > 1 ? ", " + depth + " in flight" : "")
        + (isOpenLoop() ? ", " + Figures.of(rate) + "/s asked for" : ", closed loop");
  }
}
