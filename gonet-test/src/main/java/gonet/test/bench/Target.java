package gonet.test.bench;

import gonet.test.bench.peer.Peer;
import gonet.test.tls.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a server needs besides itself: where a proxy carries its bytes, which is the server in C on
 * the load's core; the path of a Unix socket; the file that is sent; a key for TLS. Most need
 * nothing.
 */
final class Target implements AutoCloseable {
  /** Of the file: much more than any buffer, and small enough to stay in memory. */
  private static final int FILE_MIB = 1024;

  /** Ends what was made. */
  private interface End {
    void end() throws IOException;
  }

  private final List<String> arguments;
  private final End end;

  private Target(List<String> arguments, End end) {
    this.arguments = List.copyOf(arguments);
    this.end = end;
  }

  static Target of(Case which, Path c, Path logs) throws IOException, InterruptedException {
    return switch (which.mode()) {
      case "proxy" -> ofProxy(which, c, logs);
      case "unix" -> ofUnix();
      case "tls-echo", "tls-source", "tls-idle" -> ofTls(logs);
      case "file" -> new Target(List.of("file=" + file(logs)), () -> {});
      default -> new Target(List.of(), () -> {});
    };
  }

  private static Target ofProxy(Case which, Path c, Path logs)
      throws IOException, InterruptedException {
    List<String> command = List.of(c.toString(), "mode=" + which.targetMode());
    ServerProcess server = ServerProcess.start("target", which.placement().load(command), logs);
    return new Target(List.of("target=127.0.0.1:" + server.port()), server::close);
  }

  /** A key of P-256, of the same kind for all. */
  private static Target ofTls(Path folder) throws IOException {
    Path certificate = folder.resolve("tls.pem");
    Path key = folder.resolve("tls.key");
    TestKeys.selfSigned("bench.example").writePem(certificate, key);
    return new Target(List.of("cert=" + certificate, "key=" + key), () -> {});
  }

  /** In a folder of its own with a short name, because a path has 107 bytes at most. */
  private static Target ofUnix() throws IOException {
    Path folder = Files.createTempDirectory("bench");
    Path path = folder.resolve("s");
    return new Target(
        List.of("path=" + path),
        () -> {
          Files.deleteIfExists(path);
          Files.delete(folder);
        });
  }

  /** Made once for all: not of zeros, for which a file system may keep no page. */
  private static Path file(Path folder) throws IOException {
    Path file = folder.resolve("file-of-" + FILE_MIB + "-MiB");
    if (!Files.exists(file)) {
      Path part = folder.resolve("file.part");
      byte[] block = Peer.block();
      try (var out = Files.newOutputStream(part)) {
        for (int i = 0; i < FILE_MIB; i++) {
          out.write(block);
        }
      }
      Files.move(part, file);
    }
    return file;
  }

  /** What the server has to be told. */
  List<String> arguments() {
    return arguments;
  }

  @Override
  public void close() throws IOException {
    end.end();
  }
}
