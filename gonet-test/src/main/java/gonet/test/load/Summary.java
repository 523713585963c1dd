package gonet.test.load;

import gonet.test.report.Figures;
import gonet.test.report.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The end of a run, as text and as JSON. */
final class Summary {
  static final double[] PERCENTILES = {50, 75, 90, 99, 99.9, 99.99, 100};

  /** A latency of a hundred medians; longer ones look the same. */
  private static final int LONGEST_BAR = 50;

  private final Settings settings;
  private final Measurements measurements;
  private final double seconds;

  /**
   * Of a run that has ended.
   *
   * @param seconds that counted
   */
  Summary(Settings settings, Measurements measurements, double seconds) {
    this.settings = settings;
    this.measurements = measurements;
    this.seconds = seconds;
  }

  /** What the logs of a run tell. */
  static String of(LoggedRun run) {
    StringBuilder text = new StringBuilder();
    requests(text, run.total(), run.length(), "");
    percentiles(text, run.total());
    return text.toString();
  }

  private static void requests(
      StringBuilder text, Histogram latencies, double seconds, String asked) {
    line(
        text,
        "requests",
        String.format(Locale.ROOT, "%,d in %.1f s", latencies.getTotalCount(), seconds));
    line(text, "rate", Figures.of(latencies.getTotalCount() / seconds) + "/s" + asked);
  }

  private static void percentiles(StringBuilder text, Histogram latencies) {
    if (latencies.getTotalCount() == 0) {
      return;
    }
    for (double percentile : PERCENTILES) {
      long nanos = latencies.getValueAtPercentile(percentile);
      String value = "%-13s%s".formatted(Figures.of(nanos / 1e3) + " µs", bar(nanos, latencies));
      line(text, "p" + Figures.plain(percentile), value);
    }
  }

  String text() {
    Histogram latencies = measurements.total();
    StringBuilder text = new StringBuilder();
    requests(text, latencies, seconds, asked());
    line(text, "sent", Figures.of(measurements.sentBytes() / 1e6 / seconds) + " MB/s");
    line(text, "received", Figures.of(measurements.receivedBytes() / 1e6 / seconds) + " MB/s");
    percentiles(text, latencies);
    if (!measurements.hasReached()) {
      line(text, "nobody", "" + nobody());
    } else if (latencies.getTotalCount() == 0) {
      line(text, "nothing", "not one request was answered" + doubt());
    }
    measurements.errors().forEach((name, count) -> line(text, "errors", name + " × " + count));
    if (measurements.errors().isEmpty()) {
      line(text, "errors", "none");
    }
    return text.toString();
  }

  /** From the median on, each further character is a tenth more. */
  private static String bar(long nanos, Histogram latencies) {
    long median = Math.max(1, latencies.getValueAtPercentile(PERCENTILES[0]));
    double length = 1 + Math.log((double) Math.max(nanos, median) / median) / Math.log(1.1);
    return "█".repeat(Math.clamp(Math.round(length), 1, LONGEST_BAR));
  }

  private String nobody() {
    return settings.target().isDatagrams()
        ? "not one datagram came back"
        : "not one connection stood";
  }

  private String doubt() {
    return settings.target().isHttp() ? "" : ": does the server echo?";
  }

  private String asked() {
    return settings.isOpenLoop() ? " of " + Figures.of(settings.rate()) + "/s asked for" : "";
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-10s %s%n", name, value));
  }

  String json() {
    Histogram latencies = measurements.total();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("target", settings.target().text());
    all.put("mode", settings.mode().name().toLowerCase(Locale.ROOT));
    all.put("connections", settings.connections());
    all.put("sizeBytes", settings.sizeBytes());
    all.put("depth", settings.depth());
    all.put("rateAskedFor", settings.isOpenLoop() ? settings.rate() : Double.NaN);
    all.put("seconds", seconds);
    all.put("requests", latencies.getTotalCount());
    all.put("requestsPerSecond", latencies.getTotalCount() / seconds);
    all.put("sentBytes", measurements.sentBytes());
    all.put("receivedBytes", measurements.receivedBytes());
    Map<String, Object> micros = new LinkedHashMap<>();
    for (double percentile : PERCENTILES) {
      double value =
          latencies.getTotalCount() == 0
              ? Double.NaN
              : latencies.getValueAtPercentile(percentile) / 1e3;
      micros.put("p" + Figures.plain(percentile), value);
    }
    micros.put("mean", latencies.getTotalCount() == 0 ? Double.NaN : latencies.getMean() / 1e3);
    all.put("latencyMicros", micros);
    all.put("errors", measurements.errors());
    return Json.of(all);
  }
}
