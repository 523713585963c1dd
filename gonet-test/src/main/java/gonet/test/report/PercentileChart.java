package gonet.test.report;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latency against percentile, both on logarithmic scales: the further right, the rarer. */
public final class PercentileChart {
  private static final int WIDTH = 620;
  private static final int HEIGHT = 230;
  private static final int LEFT = 56;
  private static final int BOTTOM = 24;
  private static final int STEPS = 80;

  /** 99.99 %: one of 10^4. */
  private static final double RAREST = 4;

  /** Fewer latencies make no line. */
  private static final int FEWEST = 100;

  /**
   * One line.
   *
   * @param style class of its colour
   * @param latencies in nanoseconds
   */
  public record Curve(String style, Histogram latencies) {}

  private final String words;
  private final List<Curve> curves;
  private double lowest = Double.MAX_VALUE;
  private double highest;

  /**
   * Of several curves on common scales.
   *
   * @param words for those who do not see it
   */
  public PercentileChart(String words, List<Curve> curves) {
    this.words = words;
    this.curves =
        curves.stream().filter(curve -> curve.latencies().getTotalCount() >= FEWEST).toList();
    for (Curve curve : this.curves) {
      lowest = Math.min(lowest, Math.max(1000, nanos(curve, 10)));
      highest = Math.max(highest, nanos(curve, 99.99));
    }
  }

  private static double nanos(Curve curve, double percentile) {
    return curve.latencies().getValueAtPercentile(percentile);
  }

  /** Empty if there are too few latencies for a line. */
  public String svg() {
    if (curves.isEmpty() || highest <= lowest) {
      return "";
    }
    Svg svg = new Svg(WIDTH, HEIGHT);
    for (double nanos = 1000; nanos <= highest; nanos *= 10) {
      if (nanos >= lowest) {
        svg.line("grid", LEFT, y(nanos), WIDTH, y(nanos));
        svg.label("axis end", LEFT - 6, y(nanos) + 4, Figures.duration(nanos));
      }
    }
    for (String percentile : List.of("50", "90", "99", "99.9", "99.99")) {
      double x = x(Double.parseDouble(percentile));
      svg.line("grid", x, 0, x, HEIGHT - BOTTOM);
      svg.label("axis", x, HEIGHT - 8, percentile + " %");
    }
    for (Curve curve : curves) {
      svg.path("curve " + curve.style(), points(curve.latencies()));
    }
    return svg.text(words);
  }

  private String points(Histogram latencies) {
    StringBuilder points = new StringBuilder();
    // Beyond that, a single request would decide.
    double rarest = Math.min(RAREST, Math.log10((double) latencies.getTotalCount()));
    for (int i = 0; i <= STEPS; i++) {
      double percentile = 100 * (1 - Math.pow(10, -rarest * i / STEPS));
      double nanos = Math.max(lowest, (double) latencies.getValueAtPercentile(percentile));
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
}
