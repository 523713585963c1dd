package gonet.test.bench;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells how far a run is: one line that changes on a terminal, a line for each step elsewhere. */
final class Progress {
  private final PrintStream out;
  private final boolean terminal;
  private final int steps;
  private final long start = System.nanoTime();
  private int done;

  Progress(PrintStream out, boolean terminal, int steps) {
    this.out = out;
    this.terminal = terminal;
    this.steps = steps;
  }

  /** Finds out whether there is a terminal. */
  @SuppressWarnings("SystemConsoleNull") // it is, since 25 again, where there is no terminal
  static Progress on(PrintStream out, int steps) {
    Console console = System.console();
    return new Progress(out, console != null && console.isTerminal(), steps);
  }

  /** Before a step: what comes. */
  void begins(String what) {
    if (terminal) {
      out.print("\r\033[K" + bar() + " " + what + " …");
      out.flush();
    }
  }

  /** After it: what came out. */
  void ended(String what) {
    done++;
    if (terminal) {
      out.print("\r\033[K" + bar() + " " + what);
      out.flush();
    } else {
      out.printf(Locale.ROOT, "[%d/%d] %s, %s to go%n", done, steps, what, left());
    }
  }

  /** Something that stays on the screen. */
  void say(String what) {
    out.println((terminal ? "\r\033[K" : "") + what);
  }

  private String bar() {
    int width = 20;
    int full = steps == 0 ? width : done * width / steps;
    return "▕"
        + "█".repeat(full)
        + "░".repeat(width - full)
        + "▏ "
        + done
        + "/"
        + steps
        + (done == 0 ? "" : ", " + left() + " to go,");
  }

  private String left() {
    long elapsed = System.nanoTime() - start;
    Duration left = Duration.ofNanos(elapsed / done * (steps - done));
    return String.format(Locale.ROOT, "%d:%02d", left.toMinutes(), left.toSecondsPart());
  }
}
