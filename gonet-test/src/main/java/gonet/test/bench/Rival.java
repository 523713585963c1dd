package gonet.test.bench;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A server that takes part.
 *
 * @param name such as {@code jdk-virtual}
 * @param modes what it can do
 * @param command starts it in a mode
 * @param lane what it must say of itself, as {@code backend/lane}; empty if it says nothing. Rows
 *     of a lane that did not run are not printed
 * @param compiles whether it needs time until its code is compiled
 */
record Rival(
    String name,
    Set<String> modes,
    Function<String, List<String>> command,
    String lane,
    boolean compiles) {

  /** Whether it is gonet itself and not something to compare it with. */
  boolean isGonet() {
    return name.startsWith("gonet");
  }

  /** Whether it runs in a JVM and obeys commands on standard input. */
  boolean obeys() {
    return !lane.isEmpty();
  }
}
