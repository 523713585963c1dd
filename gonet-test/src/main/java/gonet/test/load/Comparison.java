package gonet.test.load;

import gonet.test.report.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Two runs, and how sure their difference is. The interval of each ratio comes from a bootstrap: a
 * thousand times as many seconds are drawn from each run, with repetition and in blocks of
 * neighbours (for a slow second is seldom alone), and the ratio is computed anew; 95 of 100 of
 * these ratios lie within the interval. Efron and Tibshirani, <i>An Introduction to the
 * Bootstrap</i>, chapter 8; Künsch 1989 for the blocks.
 *
 * <p>It knows what happened within the two runs. What differs from run to run, such as where the
 * kernel puts threads, it cannot know: repeat both, in turn.
 */
final class Comparison {
  /** The percentiles that are compared, beside rate and mean. */
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  private static final int RESAMPLES = 1000;

  /** The same files give the same answer. */
  private static final long SEED = 20_251_129;

  /** With fewer seconds an interval says little. */
  static final int FEWEST_SECONDS = 10;

  /**
   * A figure of both runs.
   *
   * @param ratio of the new one to the old one
   * @param low end of the interval of 95 %
   */
  record Line(
      String name,
      String unit,
      boolean lowerIsBetter,
      double before,
      double after,
      double ratio,
      double low,
      double high) {

    String verdict() {
      if (low <= 1 && high >= 1) {
        return "no difference shown";
      }
      return ratio < 1 == lowerIsBetter ? "better" : "worse";
    }
  }

  private final LoggedRun before;
  private final LoggedRun after;

  Comparison(LoggedRun before, LoggedRun after) {
    this.before = before;
    this.after = after;
  }

  List<Line> lines() {
    Resampled old = new Resampled(before);
    Resampled fresh = new Resampled(after);
    Random random = new Random(SEED);
    int figures = PERCENTILES.length + 2;
    double[][] ratios = new double[figures][RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double[] from = old.draw(random);
      double[] to = fresh.draw(random);
      for (int f = 0; f < figures; f++) {
        ratios[f][i] = to[f] / from[f];
      }
    }
    double[] from = old.all();
    double[] to = fresh.all();
    List<Line> lines = new ArrayList<>();
    for (int f = 0; f < figures; f++) {
      Arrays.sort(ratios[f]);
      double low = ratios[f][(int) Math.floor(0.025 * (RESAMPLES - 1))];
      double high = ratios[f][(int) Math.ceil(0.975 * (RESAMPLES - 1))];
      boolean rate = f == 0;
      double unit = rate ? 1 : 1e3;
      lines.add(
          new Line(
              rate ? "rate" : f == 1 ? "mean" : "p" + Figures.plain(PERCENTILES[f - 2]),
              rate ? "/s" : "µs",
              !rate,
              from[f] / unit,
              to[f] / unit,
              to[f] / from[f],
              low,
              high));
    }
    return lines;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(row("", "before", "after", "ratio", "95 % interval", ""));
    for (Line line : lines()) {
      text.append(
          row(
              line.name(),
              Figures.of(line.before()) + " " + line.unit(),
              Figures.of(line.after()) + " " + line.unit(),
              Figures.exact(line.ratio()),
              Figures.exact(line.low()) + " – " + Figures.exact(line.high()),
              line.verdict()));
    }
    int fewest = Math.min(before.seconds().size(), after.seconds().size());
    if (fewest < FEWEST_SECONDS) {
      text.append("Only " + fewest + " seconds: too few for intervals that mean something, take ")
          .append(FEWEST_SECONDS + " or more.\n");
    }
    return text.toString();
  }

  private static String row(String... cells) {
    return String.format(Locale.ROOT, "%-6s %14s %14s %8s %16s  %s%n", (Object[]) cells);
  }

  /** A run as what drawing wants: for each second the values that it has, and how often. */
  private static final class Resampled {
    private final double[] seconds;

    /** All values of the run, rising. */
    private final long[] values;

    /** For each second: places in {@link #values}, and how often. */
    private final int[][] places;

    private final long[][] counts;
    private final int block;

    Resampled(LoggedRun run) {
      int n = run.seconds().size();
      seconds = new double[n];
      places = new int[n][];
      counts = new long[n][];
      block = Math.max(1, (int) Math.round(Math.cbrt(n)));
      values = valuesOf(run.total());
      for (int i = 0; i < n; i++) {
        Histogram latencies = run.seconds().get(i).latencies();
        seconds[i] = run.seconds().get(i).seconds();
        int[] at = new int[values.length];
        long[] often = new long[values.length];
        int used = 0;
        for (HistogramIterationValue value : latencies.recordedValues()) {
          at[used] = Arrays.binarySearch(values, bucketEnd(value));
          often[used++] = value.getCountAtValueIteratedTo();
        }
        places[i] = Arrays.copyOf(at, used);
        counts[i] = Arrays.copyOf(often, used);
      }
    }

    private static long[] valuesOf(Histogram histogram) {
      List<Long> values = new ArrayList<>();
      for (HistogramIterationValue value : histogram.recordedValues()) {
        values.add(bucketEnd(value));
      }
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** The upper end of its bucket, which is the same in all histograms of these digits. */
    private static long bucketEnd(HistogramIterationValue value) {
      return value.getValueIteratedTo();
    }

    /** Rate, mean, percentiles of the run as it was. */
    double[] all() {
      int[] every = new int[seconds.length];
      Arrays.setAll(every, i -> i);
      return figures(every);
    }

    double[] draw(Random random) {
      int n = seconds.length;
      int[] drawn = new int[n];
      for (int i = 0; i < n; i += block) {
        int start = random.nextInt(n);
        for (int j = i; j < Math.min(i + block, n); j++) {
          drawn[j] = (start + j - i) % n;
        }
      }
      return figures(drawn);
    }

    private double[] figures(int[] drawn) {
      long[] sum = new long[values.length];
      double length = 0;
      long count = 0;
      double total = 0;
      for (int second : drawn) {
        length += seconds[second];
        for (int i = 0; i < places[second].length; i++) {
          long often = counts[second][i];
          sum[places[second][i]] += often;
          count += often;
          total += (double) often * values[places[second][i]];
        }
      }
      double[] figures = new double[PERCENTILES.length + 2];
      figures[0] = count / length;
      figures[1] = count == 0 ? Double.NaN : total / count;
      long passed = 0;
      int place = -1;
      for (int p = 0; p < PERCENTILES.length; p++) {
        long wanted = Math.max(1, (long) Math.ceil(count * PERCENTILES[p] / 100));
        while (passed < wanted && place + 1 < values.length) {
          passed += sum[++place];
        }
        figures[p + 2] = place < 0 ? Double.NaN : values[place];
      }
      return figures;
    }
  }
}
