package gonet.test.machine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs programs in a JVM of their own: for flags that cannot change while a JVM runs, for the
 * module path, and for whatever must not disturb the one that runs the tests.
 */
public final class ChildJvm {

  /** How a program ended and all it printed, standard error included. */
  public record Result(int exitCode, String output) {}

  private ChildJvm() {}

  /** The {@code java} that runs this test. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** Where a class was loaded from: a folder of classes, or a jar. */
  public static Path locationOf(Class<?> type) {
    return Path.of(
        URI.create(type.getProtectionDomain().getCodeSource().getLocation().toExternalForm()));
  }

  /**
   * Runs {@code java} with the arguments and waits for its end.
   *
   * @param limit the program is killed when it takes longer
   * @throws IOException if it cannot be started, or was killed; the message has what it printed
   */
  public static Result run(Duration limit, List<String> arguments)
      throws IOException, InterruptedException {
    return run(limit, arguments, builder -> {});
  }

  /**
   * As {@link #run(Duration, List)}.
   *
   * @param surroundings sets the environment or the folder; the output is not its to redirect
   */
  public static Result run(
      Duration limit, List<String> arguments, Consumer<ProcessBuilder> surroundings)
      throws IOException, InterruptedException {
    return runCommand(limit, java(arguments), surroundings);
  }

  /**
   * As {@link #run(Duration, List)}, in a fresh network namespace, where only the loopback device
   * is up. For tests that {@linkplain NeedsNetns need one}.
   */
  public static Result runInNetns(Duration limit, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("unshare", "--net", "sh", "-c"));
    command.add("ip link set lo up && exec \"$@\"");
    command.add("sh");
    command.addAll(java(arguments));
    return runCommand(limit, command, builder -> {});
  }

  /** The command line: {@code java}, which compiles as this JVM does, and the arguments. */
  public static List<String> java(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:TieredStopAtLevel="))
        .forEach(command::add);
    command.addAll(arguments);
    return command;
  }

  private static Result runCommand(
      Duration limit, List<String> command, Consumer<ProcessBuilder> surroundings)
      throws IOException, InterruptedException {
    // A file cannot fill up and block the program, as a pipe that nobody reads would.
    Path output = Files.createTempFile("child-jvm", ".out");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      surroundings.accept(builder);
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      try {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new IOException("still running after " + limit + ":\n" + Files.readString(output));
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
