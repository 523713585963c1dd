package gonet.test.sim;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A virtual thread of a simulation. Confined to the carrier. */
final class SimThread {
  private static final Pattern COUNTS = Pattern.compile("-\\d+");

  final int number;
  final Thread thread;
  final Runnable continuation;

  /** Null for the scenario itself and what it starts beside hosts. */
  final @Nullable HostProcess process;

  private final String kind;

  SimThread(int number, Thread thread, Runnable continuation, @Nullable HostProcess process) {
    this.number = number;
    this.thread = thread;
    this.continuation = continuation;
    this.process = process;
    String name = thread.getName();
    // Factories count what they make in the whole process.
    this.kind = name.isEmpty() ? "thread" : COUNTS.matcher(name).replaceAll("");
  }

  /** Its process has ended, with its machine or alone: it never runs again. */
  boolean dead() {
    HostProcess on = process;
    return on != null && on.gone();
  }

  /** Host, process, name and number; the same in each run of a seed. */
  @Override
  public String toString() {
    HostProcess on = process;
    return (on == null ? "" : on + "/") + kind + "#" + number;
  }
}
