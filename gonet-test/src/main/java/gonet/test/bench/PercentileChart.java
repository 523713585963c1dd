package gonet.test.bench;

import gonet.test.report.Figures;
import java.util.List;
import java.util.Locale;

/** Latency against percentile, both on logarithmic scales: the further right, the rarer. */
final class PercentileChart {
  private static final int WIDTH = 620;
  private static final int HEIGHT = 230;
  private static final int LEFT = 56;
  private static final int BOTTOM = 24;
  private static final int STEPS = 80;

  /** 99.99 %: one of 10^4. */
  private static final double RAREST = 4;

  private final Case which;
  private final List<Row> rows;
  private double lowest = Double.MAX_VALUE;
  private double highest;

  PercentileChart(Case which, List<Row> rows) {
    this.which = which;
    this.rows =
        rows.stream().filter(row -> row.best().run().latencies().getTotalCount() > 99).toList();
    for (Row row : this.rows) {
      LoadResult run = row.best().run();
      lowest = Math.min(lowest, Math.max(1000, run.latencyNanos(10)));
      highest = Math.max(highest, run.latencyNanos(99.99));
    }
  }

  /** Empty if there are too few latencies for a line. */
  String svg() {
    if (rows.isEmpty() || highest <= lowest) {
      return "";
    }
    Svg svg = new Svg(WIDTH, HEIGHT);
    for (double nanos = 1000; nanos <= highest; nanos *= 10) {
      if (nanos >= lowest) {
        svg.line("grid", LEFT, y(nanos), WIDTH, y(nanos));
        svg.label("axis end", LEFT - 6, y(nanos) + 4, duration(nanos));
      }
    }
    for (String percentile : List.of("50", "90", "99", "99.9", "99.99")) {
      double x = x(Double.parseDouble(percentile));
      svg.line("grid", x, 0, x, HEIGHT - BOTTOM);
      svg.label("axis", x, HEIGHT - 8, percentile + " %");
    }
    for (Row row : rows) {
      svg.path("curve " + Svg.colour(row.rival().name()), curve(row.best().run()));
    }
    return svg.text("latencies of " + which.title());
  }

  private String curve(LoadResult run) {
    StringBuilder points = new StringBuilder();
    // Beyond that, a single request would decide.
    double rarest = Math.min(RAREST, Math.log10((double) run.latencies().getTotalCount()));
    for (int i = 0; i <= STEPS; i++) {
      double percentile = 100 * (1 - Math.pow(10, -rarest * i / STEPS));
      double nanos = Math.max(lowest, run.latencyNanos(percentile));
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(percentile), y(nanos)));
    }
    return points.toString().stripTrailing();
  }

  private static double x(double percentile) {
    return LEFT + (WIDTH - LEFT - 26) * -Math.log10(1 - percentile / 100) / RAREST;
  }

  private double y(double nanos) {
    double share = (Math.log(nanos) - Math.log(lowest)) / (Math.log(highest) - Math.log(lowest));
    return (HEIGHT - BOTTOM - 6) * (1 - share) + 4;
  }

  private static String duration(double nanos) {
    return nanos < 1e6
        ? Figures.plain(nanos / 1e3) + " µs"
        : nanos < 1e9 ? Figures.plain(nanos / 1e6) + " ms" : Figures.plain(nanos / 1e9) + " s";
  }
}
