package gonet.test.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What the load generator printed about one run.
 *
 * @param seconds length of the measured part
 * @param serverCpuNanos CPU time of the server in it, by the kernel's accounting; 0 if not asked
 *     for
 * @param loadCpuNanos the generator's own
 * @param requests answered in it
 * @param bytes received or sent in it
 * @param errors connections that failed, requests that could not be sent
 * @param latencies in nanoseconds
 */
record LoadResult(
    double seconds,
    long serverCpuNanos,
    long loadCpuNanos,
    long requests,
    long bytes,
    long errors,
    Histogram latencies) {

  private static final int DIGITS = 3;

  /** Of a measurement that had no load. */
  static LoadResult none() {
    return new LoadResult(Double.NaN, 0, 0, 0, 0, 0, new Histogram(DIGITS));
  }

  /**
   * Reads lines of a name and values.
   *
   * @throws IllegalArgumentException if one is missing or no number
   */
  static LoadResult parse(List<String> lines) {
    Histogram latencies = new Histogram(DIGITS);
    for (String pair : value("latency_ns", lines).split(" ")) {
      if (!pair.isEmpty()) {
        int colon = pair.indexOf(':');
        latencies.recordValueWithCount(
            Long.parseLong(pair.substring(0, colon)), Long.parseLong(pair.substring(colon + 1)));
      }
    }
    return new LoadResult(
        Double.parseDouble(value("seconds", lines)),
        number("server_cpu_ns", lines),
        number("load_cpu_ns", lines),
        number("requests", lines),
        number("bytes", lines),
        number("errors", lines),
        latencies);
  }

  /** A percentile of the latencies, from 0 to 100; NaN if none was measured. */
  double latencyNanos(double percentile) {
    return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile);
  }

  double requestsPerSecond() {
    return requests / seconds;
  }

  /** CPU time used per second of time: 1 is one core saturated. */
  double serverCores() {
    return serverCpuNanos / 1e9 / seconds;
  }

  double loadCores() {
    return loadCpuNanos / 1e9 / seconds;
  }

  private static long number(String name, List<String> lines) {
    return Long.parseLong(value(name, lines));
  }

  private static String value(String name, List<String> lines) {
    for (String line : lines) {
      if (line.equals(name)) {
        return "";
      }
      if (line.startsWith(name + " ")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    throw new IllegalArgumentException("the load generator did not tell " + name + ": " + lines);
  }
}
