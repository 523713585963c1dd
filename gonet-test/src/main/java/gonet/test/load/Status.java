package gonet.test.load;

import gonet.test.report.Figures;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A line each second: with a bar that stays in its place on a terminal, plain ones elsewhere. */
final class Status {
  private static final int BAR = 24;

  private final PrintStream out;
  private final boolean terminal;

  Status(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Finds out whether there is a terminal. */
  @SuppressWarnings("SystemConsoleNull") // it is, since 25 again, where there is no terminal
  static Status on(PrintStream out) {
    Console console = System.console();
    return new Status(out, console != null && console.isTerminal());
  }

  /**
   * What the last second brought.
   *
   * @param done part of the run, from 0 to 1
   */
  void show(
      double done, double elapsedSeconds, double seconds, Histogram interval, Measurements sum) {
    String figures =
        String.format(
            Locale.ROOT,
            "%5.1f s  %.0f s left  %s/s  p50 %s µs  p99 %s µs  open %d  errors %d",
            elapsedSeconds,
            done > 0 ? Math.max(0, elapsedSeconds / done - elapsedSeconds) : 0,
            Figures.of(interval.getTotalCount() / seconds),
            micros(interval, 50),
            micros(interval, 99),
            sum.open(),
            sum.errorCount());
    if (terminal) {
      int full = (int) Math.round(BAR * Math.clamp(done, 0.0, 1.0));
      out.print("\r\033[K▕" + "█".repeat(full) + "░".repeat(BAR - full) + "▏" + figures);
      out.flush();
    } else {
      out.println(figures);
    }
  }

  /** Makes room for what follows. */
  void end() {
    if (terminal) {
      out.print("\r\033[K");
      out.flush();
    }
  }

  private static String micros(Histogram interval, double percentile) {
    return interval.getTotalCount() == 0
        ? "–"
        : Figures.of(interval.getValueAtPercentile(percentile) / 1e3);
  }
}
