package gonet.test.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the load generator against a server. */
final class LoadProcess {
  private static final int PATIENCE_SECONDS = 120;

  private final Path streams;
  private final Path datagrams;
  private final @Nullable Path tls;
  private final Path folder;

  /**
   * Of the programs of gonet-test/peers/c.
   *
   * @param tls null if this machine cannot build it
   * @param folder for their output
   */
  LoadProcess(Path streams, Path datagrams, @Nullable Path tls, Path folder) {
    this.streams = streams;
    this.datagrams = datagrams;
    this.tls = tls;
    this.folder = folder;
  }

  /** Builds all; the one for TLS if OpenSSL's headers are there. */
  static LoadProcess build(Builds builds, Path folder) throws IOException, InterruptedException {
    Path tls;
    try {
      tls = builds.c("tlsload", "-lssl", "-lcrypto");
    } catch (IOException e) {
      tls = null;
    }
    return new LoadProcess(builds.c("load"), builds.c("dgramload"), tls, folder);
  }

  /** Whether this machine could build what this case needs. */
  boolean canRun(Case which) {
    return tls != null || !which.isOfTls();
  }

  private Path program(Case which) throws IOException {
    if (which.isOfTls()) {
      Path program = tls;
      if (program == null) {
        throw new IOException("OpenSSL's headers are missing, which the load of TLS needs");
      }
      return program;
    }
    return which.isOfDatagrams() ? datagrams : streams;
  }

  /**
   * One run.
   *
   * @throws IOException if it fails or does not end; the message has what it printed
   */
  LoadResult run(Case which, ServerProcess server, double warmSeconds, double seconds)
      throws IOException, InterruptedException {
    List<String> command = command(which, server);
    command.add("warm=" + warmSeconds);
    command.add("secs=" + seconds);
    Path output = folder.resolve("load.out");
    // A file cannot fill up and block the program, as a pipe that nobody reads would.
    Process process =
        new ProcessBuilder(which.placement().load(command))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
      if (!ended || process.exitValue() != 0) {
        throw new IOException("the load generator " + (ended ? "failed: " : "hangs: ") + lines);
      }
      return LoadResult.parse(lines);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Hears how many requests have been answered, as soon as it is so. */
  @FunctionalInterface
  interface Marks {
    void mark(long requests) throws IOException, InterruptedException;
  }

  /** One run that tells how far it is ten times, and at its start. */
  LoadResult run(Case which, ServerProcess server, double warmSeconds, double seconds, Marks marks)
      throws IOException, InterruptedException {
    List<String> command = command(which, server);
    command.add("warm=" + warmSeconds);
    command.add("secs=" + seconds);
    command.add("marks=" + seconds / 10);
    Process process =
        new ProcessBuilder(which.placement().load(command)).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = new ArrayList<>();
      for (String line; (line = out.readLine()) != null; ) {
        if (line.startsWith("mark ")) {
          marks.mark(Long.parseLong(line.substring("mark ".length())));
        } else {
          lines.add(line);
        }
      }
      return LoadResult.parse(lines);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(Case which, ServerProcess server) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program(which).toString());
    command.addAll(which.load());
    command.add(server.place());
    command.add("pid=" + server.pid());
    return command;
  }

  /** Connections that stay open until this is closed. */
  static final class Held implements AutoCloseable {
    private final Process process;
    private final int count;

    private Held(Process process, int count) {
      this.process = process;
      this.count = count;
    }

    int count() {
      return count;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** Opens connections that send nothing. They stand when this returns. */
  Held hold(Case which, ServerProcess server, int count) throws IOException {
    List<String> command =
        List.of(program(which).toString(), "mode=hold", "conns=" + count, "port=" + server.port());
    Process process =
        new ProcessBuilder(which.placement().load(command)).redirectErrorStream(true).start();
    Held held = new Held(process, count);
    try {
      String line = process.inputReader(StandardCharsets.UTF_8).readLine();
      if (!"ready".equals(line)) {
        throw new IOException("the load generator failed: " + line);
      }
      return held;
    } catch (IOException e) {
      held.close();
      throw e;
    }
  }
}
