package gonet.test.docs;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;

/**
 * What documents show and no test runs: a server that ends with its process, and lines of a handler
 * of the reader's.
 */
final class UncalledExamples {
  private UncalledExamples() {}

  /** README.md. {@code ListenAcceptGo} is the same program, and runs in tests. */
  static void server() throws IOException {
    Listener l = Net.listen("tcp", "0.0.0.0:7099");
    while (true) {
      Conn c = l.accept();
      Net.go(
          () -> { // a virtual thread, named for dumps
            try (c) {
              byte[] buf = new byte[4096];
              for (; ; ) {
                c.setReadDeadline(Instant.now().plusSeconds(30));
                int n = c.read(buf);
                if (n < 0) break;
                c.write(buf, 0, n);
              }
            }
          });
    }
  }

  /** docs/start.md. */
  static void handler(Conn conn, Logger log) {
    try {
      conn.write(new byte[1]);
    } catch (IOException e) {
      if (!NetFailure.isConnectionGone(e)) {
        log.warn("request from {} failed", conn.remoteAddr(), e);
      }
    }
  }
}
