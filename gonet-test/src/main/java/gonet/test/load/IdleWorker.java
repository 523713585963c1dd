package gonet.test.load;

import gonet.Conn;
import java.io.IOException;

/** A connection that says nothing. The latency is that of connecting. */
final class IdleWorker extends Worker {
  IdleWorker(Settings settings, Measurements measurements) {
    super(settings, measurements);
  }

  @Override
  void connected(long startNanos) {
    measurements().latency(System.nanoTime() - startNanos);
  }

  @Override
  void use(Conn conn) throws IOException {
    byte[] buf = new byte[1];
    while (!isStopped()) {
      conn.awaitReadable();
      read(conn, buf, 0, 1); // the server's end, or more than was asked for
    }
  }
}
