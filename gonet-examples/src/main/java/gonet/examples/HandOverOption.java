package gonet.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a program, and what {@code --handover PATH} among them says: that a process
 * which serves PATH already gives its listeners to this one, drains and ends. SIGUSR2 starts such a
 * successor, if the environment has {@code _JAVA_SR_SIGNUM}: see {@link
 * gonet.cluster.HandOver#startSuccessorOnSignal}.
 *
 * @param rest the other arguments
 * @param path null without the option
 */
record HandOverOption(List<String> rest, @Nullable Path path) {
  /** How usages describe it. */
  static final String USAGE = "[--handover PATH]";

  private static final String FLAG = "--handover";

  /** Ends the program with a message if there is no path. */
  static HandOverOption parse(String... args) {
    List<String> rest = new ArrayList<>(List.of(args));
    int at = rest.indexOf(FLAG);
    if (at < 0) {
      return new HandOverOption(rest, null);
    }
    if (at + 1 >= rest.size()) {
      Program.fail("usage: " + USAGE);
    }
    var _ = rest.remove(at);
    String path = rest.remove(at);
    try {
      return new HandOverOption(rest, Path.of(path));
    } catch (InvalidPathException e) {
      Program.fail("hand-over: " + e.getMessage());
      throw e;
    }
  }
}
