package gonet.test.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server that was started and listens; closing it ends it. */
final class ServerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final String name;
  private final Process process;
  private final Path errors;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final String place;

  private ServerProcess(String name, Process process, Path errors)
      throws IOException, InterruptedException {
    this.name = name;
    this.process = process;
    this.errors = errors;
    Thread.ofVirtual().start(this::readLines);
    try {
      place = await("listening");
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param logs a folder for what it prints on standard error
   * @throws IOException if it cannot be started or ends; the message has what it printed
   */
  static ServerProcess start(String name, List<String> command, Path logs)
      throws IOException, InterruptedException {
    Path errors = logs.resolve(name + ".err");
    return new ServerProcess(
        name, new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  /**
   * The port that it listens on.
   *
   * @throws NumberFormatException if it listens on a path
   */
  int port() {
    return Integer.parseInt(place);
  }

  /** What the load generator has to be told of where it listens. */
  String place() {
    return (place.startsWith("/") ? "path=" : "port=") + place;
  }

  /** taskset(1) becomes the server, so this is the server itself. */
  long pid() {
    return process.pid();
  }

  /** What it knows of itself: memory, and its lane. */
  Map<String, String> stats() throws IOException, InterruptedException {
    command("stats");
    Map<String, String> stats = new HashMap<>();
    for (String pair : await("stats").split(" ")) {
      int equals = pair.indexOf('=');
      stats.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return stats;
  }

  /** Collects its garbage; done by the time that {@link #stats} answers. */
  void collectGarbage() throws IOException {
    command("gc");
  }

  /** Resident memory, from /proc. */
  long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS of " + name);
  }

  private void command(String word) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
  }

  private void readLines() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line; (line = out.readLine()) != null; ) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("broken " + e);
    }
    lines.add("ended");
  }

  private String await(String word) throws IOException, InterruptedException {
    for (; ; ) {
      @Nullable String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.startsWith("ended") || line.startsWith("broken")) {
        throw new IOException(
            name + " did not say \"" + word + "\": " + Files.readString(errors).strip());
      }
      if (line.startsWith(word + " ")) {
        return line.substring(word.length() + 1);
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
