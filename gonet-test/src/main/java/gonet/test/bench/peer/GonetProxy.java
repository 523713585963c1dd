package gonet.test.bench.peer;

import gonet.Conn;
import gonet.Net;
import java.io.IOException;

/** Carries bytes both ways until both streams have ended. */
final class GonetProxy {
  private GonetProxy() {}

  static void serve(Conn client, String target) throws IOException {
    try (Conn server = Net.dial("tcp", target)) {
      Thread back = Net.go(() -> pump(server, client));
      pump(client, server);
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One direction; a failure ends the other one as well, which the closed connection tells it. */
  private static void pump(Conn from, Conn to) throws IOException {
    byte[] buf = new byte[Peer.SINK_BYTES];
    try {
      for (int n; (n = from.read(buf)) >= 0; ) {
        to.write(buf, 0, n);
      }
      to.closeWrite();
    } catch (IOException e) {
      from.close();
      to.close();
      throw e;
    }
  }
}
