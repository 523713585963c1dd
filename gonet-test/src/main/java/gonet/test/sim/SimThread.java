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
  final @Nullable Machine machine;

  private final String kind;

  SimThread(int number, Thread thread, Runnable continuation, @Nullable Machine machine) {
    this.number = number;
    this.thread = thread;
    this.continuation = continuation;
    this.machine = machine;
    String name = thread.getName();
    // Factories count what they make in the whole process.
    this.kind = name.isEmpty() ? "thread" : COUNTS.matcher(name).replaceAll("");
  }

  /** Its machine has crashed: it never runs again. */
  boolean dead() {
    Machine on = machine;
    return on != null && on.gone();
  }

  /** Host, name and number; the same in each run of a seed. */
  @Override
  public String toString() {
    Machine on = machine;
    return (on == null ? "" : on.name() + "/") + kind + "#" + number;
  }
}
