package gonet.test.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A database of its own on a free port, where MariaDB's server is installed. */
final class MariaDb implements AutoCloseable {
  private final Process server;
  private final Path folder;
  private final int port;

  private MariaDb(Process server, Path folder, int port) {
    this.server = server;
    this.folder = folder;
    this.port = port;
  }

  /** Starts one; null where it is not installed. */
  static @Nullable MariaDb start() throws IOException, InterruptedException {
    Path program = program("mariadbd");
    Path install = program("mariadb-install-db");
    if (program == null || install == null) {
      return null;
    }
    Path folder = Files.createTempDirectory("gonet-mariadb");
    Path data = folder.resolve("data");
    Path log = folder.resolve("log");
    String user = System.getProperty("user.name");
    Process made =
        process(
            log,
            install.toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--user=" + user,
            "--auth-root-authentication-method=normal",
            "--skip-test-db");
    if (!made.waitFor(90, TimeUnit.SECONDS) || made.exitValue() != 0) {
      made.destroyForcibly();
      throw new IOException("mariadb-install-db: " + Files.readString(log));
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process server =
        process(
            log,
            program.toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--user=" + user,
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--socket=" + folder.resolve("socket"),
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M");
    MariaDb database = new MariaDb(server, folder, port);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !server.isAlive() || database.answers());
      if (!server.isAlive()) {
        throw new IOException("mariadbd: " + Files.readString(log));
      }
      return database;
    } catch (Throwable t) {
      database.close();
      throw t;
    }
  }

  private static @Nullable Path program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin";
    for (String place : path.split(":")) {
      Path program = Path.of(place, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }

  private static Process process(Path log, String... command) throws IOException {
    return new ProcessBuilder(List.of(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() >= 0; // it greets first
    } catch (IOException e) {
      return false;
    }
  }

  /** For Connector/J; without TLS, which it would speak by sockets of the JDK's. */
  String url() {
    return "jdbc:mysql://127.0.0.1:" + port + "/mysql";
  }

  @Override
  public void close() throws IOException {
    server.destroy();
    try {
      if (!server.waitFor(90, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
