package gonet.test.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A database of its own on a free port, where PostgreSQL is installed. */
final class Postgres implements AutoCloseable {
  private static final Path DEBIANS = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;

  private Postgres(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** Starts one; null where PostgreSQL is not installed, or may not be run by this user. */
  static @Nullable Postgres start() throws IOException {
    Path programs = programs();
    if (programs == null || (isRoot() && run(List.of("id", "postgres")) != 0)) {
      return null;
    }
    Path folder = Files.createTempDirectory("gonet-postgres");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Postgres postgres = new Postgres(programs, folder, port);
    try {
      if (isRoot()) {
        require(run(List.of("chown", "postgres", folder.toString())) == 0, "chown");
      }
      postgres.pg("initdb", "-D", postgres.data(), "-A", "trust", "-U", "postgres", "--no-sync");
      String settings =
          "-p "
              + port
              + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
              + " -c max_connections=100";
      String log = folder.resolve("log").toString();
      postgres.pg(
          "pg_ctl", "-D", postgres.data(), "-w", "-t", "60", "-l", log, "-o", settings, "start");
      return postgres;
    } catch (Throwable t) {
      postgres.close();
      throw t;
    }
  }

  private static @Nullable Path programs() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String place : System.getenv().getOrDefault("PATH", "").split(":")) {
      places.add(Path.of(place));
    }
    if (Files.isDirectory(DEBIANS)) {
      try (Stream<Path> versions = Files.list(DEBIANS)) {
        versions.map(version -> version.resolve("bin")).forEach(places::add);
      }
    }
    for (Path place : places) {
      if (Files.isExecutable(place.resolve("initdb"))
          && Files.isExecutable(place.resolve("pg_ctl"))) {
        return place;
      }
    }
    return null;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void pg(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    require(run(command) == 0, command.toString());
  }

  private static void require(boolean good, String what) throws IOException {
    if (!good) {
      throw new IOException("failed: " + what);
    }
  }

  private static int run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** For PgJDBC. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&sslmode=disable";
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(folder.resolve("data").resolve("postmaster.pid"))) {
      pg("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
