package gonet.test.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a proxy carries its bytes: the server in C, on the load's core. No proxy, no target. */
final class Target implements AutoCloseable {
  private final @Nullable ServerProcess server;

  private Target(@Nullable ServerProcess server) {
    this.server = server;
  }

  static Target of(Case which, Path c, Path logs) throws IOException, InterruptedException {
    if (which.targetMode().isEmpty()) {
      return new Target(null);
    }
    List<String> command = List.of(c.toString(), "mode=" + which.targetMode());
    return new Target(ServerProcess.start("target", which.placement().load(command), logs));
  }

  /** What the proxy has to be told. */
  List<String> arguments() {
    return server == null ? List.of() : List.of("target=127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
