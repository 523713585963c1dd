package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import java.io.IOException;
import java.time.Duration;

/**
 * An echo that says goodbye to whoever is silent for too long. A read timeout counts from the
 * beginning of each read, so it is the client's silence that is measured. After a timeout the
 * connection is as good as before: it can still be written to.
 *
 * <p>Arguments: the address to listen on and the limit in seconds. A {@code gonet.server.Server}
 * has the same as {@code idleTimeout}, for all connections with one thread and no timer for each.
 */
public final class IdleEcho {
  /** How long a client has to take the goodbye. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private IdleEcho() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Listener listener = Net.listen("tcp", args[0]);
    System.out.println("listens on " + listener.addr());
    serve(listener, Duration.ofSeconds(Long.parseLong(args[1])));
  }

  /** Serves until the listener is closed. */
  public static void serve(Listener listener, Duration limit) throws IOException {
    while (true) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              echo(conn, limit);
            }
          });
    }
  }

  private static void echo(Conn conn, Duration limit) throws IOException {
    conn.setReadTimeout(limit);
    conn.setWriteTimeout(limit); // a client that does not read is idle, too
    byte[] buf = new byte[4096];
    try {
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    } catch (NetTimeoutException e) {
      conn.write(("goodbye after " + limit.toMillis() + " ms of silence\n").getBytes(UTF_8));
      boolean _ = conn.closeGracefully(FAREWELL); // with FIN, even if a byte has just come
    }
  }
}
