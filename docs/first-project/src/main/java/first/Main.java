package first;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Listener;
import gonet.Net;
import gonet.frame.FrameReader;
import gonet.frame.FrameWriter;
import gonet.frame.Lines;
import gonet.server.Server;
import gonet.server.ServerConn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Answers each line in capitals. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Server server = start(Net.listen("tcp", args.length > 0 ? args[0] : "127.0.0.1:7099"));
    System.out.println("listens on " + server.addr());
    server.shutdownOnSignal(Duration.ofSeconds(5));
    server.awaitClosed();
  }

  static Server start(Listener listener) throws IOException {
    return Server.builder()
        .listener(listener)
        .maxConns(1_000)
        .idleTimeout(Duration.ofMinutes(1))
        .handler(Main::answer)
        .start();
  }

  private static void answer(ServerConn conn) throws IOException {
    FrameReader lines = Lines.upTo(1_000).reader(conn);
    FrameWriter answers = Lines.upTo(1_000).writer(conn);
    for (String line = lines.readString(UTF_8); line != null; line = lines.readString(UTF_8)) {
      answers.write(line.toUpperCase(Locale.ROOT), UTF_8);
    }
  }
}
