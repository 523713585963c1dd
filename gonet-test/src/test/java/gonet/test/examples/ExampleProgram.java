package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An example server that runs in a JVM of its own, over the backend of this one. */
final class ExampleProgram implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final BufferedReader out;

  private ExampleProgram(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  private static List<String> arguments(Class<?> program, String... args) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Dgonet.backend=" + System.getProperty("gonet.backend", "nio"));
    arguments.add("--enable-native-access=ALL-UNNAMED");
    arguments.add("-cp");
    arguments.add(
        ChildJvm.locationOf(Net.class) + File.pathSeparator + ChildJvm.locationOf(program));
    arguments.add(program.getName());
    arguments.addAll(List.of(args));
    return arguments;
  }

  /** Starts a server whose first argument is an address. */
  static ExampleProgram start(Class<?> program, String... args) throws IOException {
    return new ExampleProgram(builder(program, args).start());
  }

  /** The command of a server, whose errors go where its output goes. */
  static ProcessBuilder builder(Class<?> program, String... args) {
    List<String> command = arguments(program, args);
    command.addFirst(ChildJvm.java().toString());
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** Holds that the program ends at once, with status 1 and this line alone. */
  static void assertFails(String message, Class<?> program, String... args) throws Exception {
    ChildJvm.Result result = run(program, args);
    assertEquals(message, result.output().strip());
    assertEquals(1, result.exitCode());
  }

  /** Runs a program that ends by itself. */
  static ChildJvm.Result run(Class<?> program, String... args) throws Exception {
    return ChildJvm.run(LIMIT, arguments(program, args));
  }

  /** What it prints next. */
  String line() throws IOException {
    return out.readLine();
  }

  /** The address behind "listens on", which it prints first. */
  String address() throws IOException {
    String line = line();
    assertTrue(line.contains(" listens on 127.0.0.1:"), line);
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  /** The port of {@link #address}. */
  int port() throws IOException {
    String address = address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /**
   * By SIGTERM, which runs the same hooks as Ctrl-C: a child in the background may ignore SIGINT.
   */
  void stop() throws Exception {
    stop(0);
  }

  /** The same where another status is expected. */
  void stop(int status) throws Exception {
    assertTrue(process.toHandle().destroy()); // Process.destroy would close what it prints, too
    ended(status);
  }

  /** It ends by itself, and says so last. */
  void ended(int status) throws Exception {
    String last = "";
    for (String line; (line = line()) != null; ) {
      last = line;
    }
    assertEquals("stopped", last);
    assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(status, process.exitValue());
  }

  /** Asks it to read its files anew: SIGHUP. */
  void hangUp() throws Exception {
    signal("HUP", process.pid());
  }

  /** To any process: a successor is not this one. */
  static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertEquals(0, kill.waitFor());
  }

  /** By SIGKILL: it cleans nothing up. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
