package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.server.Server;
import gonet.server.ServerConn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Ends without cutting a request off. On Ctrl-C, or SIGTERM, the server closes its listeners and
 * asks each connection to finish: one that waits for a request is told goodbye at once, one in the
 * middle of a request answers it first. Who is still there when the grace is over is closed.
 *
 * <p>A request is a line; its answer is the same line in capitals. The line {@code slow} takes two
 * seconds, to see what a stop does meanwhile.
 *
 * <p>Argument: the address to listen on, {@code 0.0.0.0:7099} by default.
 */
public final class GracefulStop {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private GracefulStop() {}

  /** Serves until it is told to stop, and says how that went. */
  public static void main(String[] args) throws Exception {
    Server server = start(args.length == 0 ? "0.0.0.0:7099" : args[0]);
    System.out.println("listens on " + server.addr());
    server.shutdownOnSignal(GRACE);
    System.out.println(server.awaitClosed()); // close a database behind this line, say
  }

  /** A server that can be shut down at any moment. */
  public static Server start(String address) throws IOException {
    return Server.builder().listenOn("tcp", address).handler(GracefulStop::serve).start();
  }

  private static void serve(ServerConn conn) throws Exception {
    FrameReader lines = Lines.upTo(1000).reader(conn);
    while (conn.awaitRequest(lines)) { // false: there is none, and there shall be no more
      String line = lines.readString(UTF_8);
      if (line == null) {
        return; // the client has ended
      }
      if (line.equals("slow")) {
        Thread.sleep(2000);
      }
      conn.write((line.toUpperCase(Locale.ROOT) + "\n").getBytes(UTF_8));
    }
    conn.write("goodbye\n".getBytes(UTF_8));
  }
}
