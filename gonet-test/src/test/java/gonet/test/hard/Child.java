package gonet.test.hard;

import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program of a test in a JVM of its own, with which the test talks line by line. The program
 * answers by {@link #tell} and hears through its standard input, which ends with the test.
 *
 * <p>Confined to the thread that started it.
 */
final class Child implements AutoCloseable {

  /** One carrier, and no further one in the place of a carrier that is held. */
  static final List<String> ONE_CARRIER =
      List.of(
          "-Djdk.virtualThreadScheduler.parallelism=1",
          "-Djdk.virtualThreadScheduler.maxPoolSize=1");

  private static final String MARK = "child says: ";
  private static final String END = "";
  private static final long PATIENCE_SECONDS = 40;

  private final Process process;
  private final Writer input;
  private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

  /** All it has printed. Guarded by itself. */
  private final StringBuilder output = new StringBuilder();

  private Child(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("child output").start(this::listen);
  }

  /** Starts a program over the same backend as this JVM's, in the same lane. */
  static Child start(Class<?> program, List<String> flags, String... args) throws IOException {
    return new Child(java(program, flags, args));
  }

  /** The same on the first core alone. */
  static Child startOnOneCpu(Class<?> program, List<String> flags) throws IOException {
    return new Child(after("taskset -p -c 0 $$ >/dev/null", java(program, flags)));
  }

  /** The same in a fresh network namespace, where only the loopback device is up. */
  static Child startInNetns(Class<?> program, String... args) throws IOException {
    return startInNetnsAfter("true", program, args);
  }

  /**
   * The same when a command has made the namespace different.
   *
   * @param setup for sh(1), such as {@code echo 0 > /proc/sys/net/ipv4/tcp_timestamps}
   */
  static Child startInNetnsAfter(String setup, Class<?> program, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("unshare", "--net"));
    command.addAll(after("ip link set lo up && " + setup, java(program, List.of(), args)));
    return new Child(command);
  }

  /** Starts a program by another one, which takes the command line of a third as its last words. */
  static Child startBy(List<String> starter, Class<?> program, String... args) throws IOException {
    List<String> command = new ArrayList<>(starter);
    command.addAll(java(program, List.of(), args));
    return new Child(command);
  }

  /** Starts a program that may have so many descriptors. */
  static Child startWithDescriptors(int limit, Class<?> program, String... args)
      throws IOException {
    return new Child(after("ulimit -n " + limit, java(program, List.of(), args)));
  }

  private static List<String> after(String setup, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("sh", "-c", setup + " && exec \"$@\"", "sh"));
    whole.addAll(command);
    return whole;
  }

  private static List<String> java(Class<?> program, List<String> flags, String... args) {
    List<String> command = new ArrayList<>(ChildJvm.java(flags));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dgonet.backend=" + System.getProperty("gonet.backend", ""));
    if (System.getProperty("gonet.lane", "").equals("carrier")) {
      command.add("-Dgonet.lane=carrier");
      command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(List.of(args));
    return command;
  }

  // ---- in the test -----------------------------------------------------------------------------

  /** What the program tells next. */
  String hear() throws InterruptedException {
    String line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null || line.equals(END)) {
      throw new AssertionError(
          "the child "
              + (line == null ? "says nothing" : "has ended")
              + "; its output:\n"
              + output);
    }
    return line;
  }

  /** A number that the program tells next. */
  int hearInt() throws InterruptedException {
    return Integer.parseInt(hear());
  }

  /** Says a line to the program. */
  void say(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  /** Waits for the end of the program. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the child does not end; its output:\n" + output());
    }
    return process.exitValue();
  }

  /** Ends it as kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** All that it has printed. */
  String output() {
    synchronized (output) {
      return output.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line; (line = lines.readLine()) != null; ) {
        print(line);
        if (line.startsWith(MARK)) {
          told.add(line.substring(MARK.length()));
        }
      }
    } catch (IOException e) {
      print(e);
    }
    told.add(END);
  }

  private void print(Object line) {
    synchronized (output) {
      output.append(line).append('\n');
    }
  }

  // ---- in the program --------------------------------------------------------------------------

  /** Tells the test something. */
  static void tell(Object line) {
    System.out.println(MARK + line);
  }

  /** Waits for a line from the test; ends the program when the test has ended. */
  static void awaitLine() throws IOException {
    int c;
    do {
      c = System.in.read();
    } while (c >= 0 && c != '\n');
    if (c < 0) {
      System.exit(3);
    }
  }
}
