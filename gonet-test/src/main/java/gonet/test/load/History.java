package gonet.test.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What each second of a run brought, in figures: whole histograms of an hour would be a gigabyte.
 */
final class History {
  /** Errors or open connections that nobody has counted. */
  static final int UNKNOWN = -1;

  /**
   * A second, or what was left of it.
   *
   * @param atSeconds its end, from the run's beginning
   * @param perSecond rate of its requests
   * @param errors that came within it, or UNKNOWN
   * @param open connections at its end, or UNKNOWN
   */
  record Point(
      double atSeconds,
      double perSecond,
      double p50Nanos,
      double p99Nanos,
      double p999Nanos,
      double maxNanos,
      long errors,
      int open) {}

  private final List<Point> points = new ArrayList<>();
  private long errorsBefore;

  /** Of a run that is under way. */
  void add(double atSeconds, double seconds, Histogram latencies, Measurements sum) {
    long errors = sum.errorCount();
    add(atSeconds, seconds, latencies, errors - errorsBefore, sum.open());
    errorsBefore = errors;
  }

  /** Of a log. */
  void add(double atSeconds, double seconds, Histogram latencies) {
    add(atSeconds, seconds, latencies, UNKNOWN, UNKNOWN);
  }

  private void add(double at, double seconds, Histogram latencies, long errors, int open) {
    points.add(
        new Point(
            at,
            latencies.getTotalCount() / seconds,
            percentile(latencies, 50),
            percentile(latencies, 99),
            percentile(latencies, 99.9),
            percentile(latencies, 100),
            errors,
            open));
  }

  private static double percentile(Histogram latencies, double percentile) {
    return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile);
  }

  List<Point> points() {
    return points;
  }
}
