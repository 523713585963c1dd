package gonet.examples.basics;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;

/**
 * The three calls that a server is made of, as in Go: {@code listen}, {@code accept}, {@code go}.
 * Each connection has a virtual thread of its own, which reads and writes as if it were alone.
 *
 * <p>Argument: the address to listen on, {@code 0.0.0.0:7099} by default. Try it with {@code nc
 * localhost 7099}; Ctrl-C ends it, and with it all connections. How to end without cutting anybody
 * off is in {@link GracefulStop}; docs/walkthrough.md follows this program into the kernel.
 */
public final class ListenAcceptGo {
  private ListenAcceptGo() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Listener listener = Net.listen("tcp", args.length == 0 ? "0.0.0.0:7099" : args[0]);
    System.out.println("listens on " + listener.addr());
    serve(listener);
  }

  /**
   * Serves until the listener is closed.
   *
   * @throws IOException when it is: {@code use of closed network connection}
   */
  public static void serve(Listener listener) throws IOException {
    while (true) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) { // whatever happens, the descriptor goes back
              echo(conn);
            }
          });
    }
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[4096];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n); // all of it, however often the kernel has to be asked
    }
  }
}
