package gonet.test.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Lines over time, on a scale from zero or a logarithmic one. */
public final class TimeChart {
  private static final int WIDTH = 620;
  private static final int HEIGHT = 200;
  private static final int LEFT = 64;
  private static final int BOTTOM = 24;

  /** About as many lines across. */
  private static final int STEPS = 4;

  /**
   * One line; a value that is no number leaves a gap.
   *
   * @param style class of its colour
   */
  public record Curve(String style, List<Double> values) {}

  /** How values are written at the axis. */
  @FunctionalInterface
  public interface Label {
    /** The words for a value. */
    String of(double value);
  }

  private final String words;
  private final List<Double> seconds;
  private final List<Curve> curves;
  private final boolean logarithmic;
  private final Label label;
  private final double low;
  private final double high;

  /**
   * Of several curves on common scales.
   *
   * @param words for those who do not see it
   * @param seconds of each value, rising
   * @param logarithmic for positive values only
   */
  public TimeChart(
      String words, List<Double> seconds, List<Curve> curves, boolean logarithmic, Label label) {
    this.words = words;
    this.seconds = seconds;
    this.curves = curves;
    this.logarithmic = logarithmic;
    this.label = label;
    double greatest = numbers(curves).max().orElse(1);
    high = greatest <= 0 ? 1 : logarithmic ? power(greatest, true) : ceiling(greatest);
    low = logarithmic ? Math.min(power(numbers(curves).min().orElse(1), false), high / 10) : 0;
  }

  private static DoubleStream numbers(List<Curve> curves) {
    return curves.stream().flatMap(c -> c.values().stream()).mapToDouble(v -> v).filter(v -> v > 0);
  }

  private static double power(double value, boolean above) {
    double exponent = Math.log10(value);
    return Math.pow(10, above ? Math.ceil(exponent) : Math.floor(exponent));
  }

  /** 1, 2 or 5 with zeros. */
  private static double step(double value) {
    double power = power(value / STEPS, false);
    for (double digit : new double[] {1, 2, 5}) {
      if (digit * power * STEPS >= value) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  private static double ceiling(double value) {
    return Math.ceil(value / step(value)) * step(value);
  }

  /** The picture. */
  public String svg() {
    Svg svg = new Svg(WIDTH, HEIGHT);
    double step = step(high);
    for (double value = low; value <= high * 1.001; ) {
      svg.line("grid", LEFT, y(value), WIDTH, y(value));
      svg.label("axis end", LEFT - 6, y(value) + 4, label.of(value));
      value = logarithmic ? value * 10 : value + step;
    }
    double end = seconds.isEmpty() ? 1 : seconds.getLast();
    double tick = step(Math.max(end, 1));
    for (double at = 0; at <= end * 1.001; at += tick) {
      svg.label("axis", x(at), HEIGHT - 8, Figures.plain(at) + " s");
    }
    for (Curve curve : curves) {
      draw(svg, curve);
    }
    return svg.text(words);
  }

  private void draw(Svg svg, Curve curve) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < seconds.size(); i++) {
      double value = curve.values().get(i);
      if (Double.isNaN(value)) {
        end(svg, curve, points);
      } else {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(seconds.get(i)), y(value)));
      }
    }
    end(svg, curve, points);
  }

  private static void end(Svg svg, Curve curve, StringBuilder points) {
    if (!points.isEmpty()) {
      svg.path("curve " + curve.style(), points.toString().stripTrailing());
      points.setLength(0);
    }
  }

  private double x(double at) {
    double end = seconds.isEmpty() ? 1 : seconds.getLast();
    return LEFT + (WIDTH - LEFT - 16) * at / end;
  }

  private double y(double value) {
    double share =
        logarithmic
            ? (Math.log(Math.max(value, low)) - Math.log(low)) / (Math.log(high) - Math.log(low))
            : value / high;
    return (HEIGHT - BOTTOM - 8) * (1 - share) + 6;
  }
}
