package gonet.test.start;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.tls.TestKeys;
import gonet.tls.Cork;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Echo under TLS 1.3, its server and its client: one after the other, in lengths that tell. */
final class TlsEcho {
  static final int ROUNDS = 10;

  /** Bytes of each request of the rounds: no message of the handshake has this length. */
  static final int SMALL = 300;

  /** Of a gathering write. */
  static final int GATHERED = 4 * 1000;

  /** Of several writes under a cork. */
  static final int CORKED = 5 * 200;

  private TlsEcho() {}

  public static void main(String[] args) throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    TlsConfig serves =
        TlsConfig.builder().keyPair(keys.keyPair()).versions(TlsVersion.TLS_1_3).build();
    TlsConfig asks = TlsConfig.builder().trust(keys.chain()).serverName("localhost").build();
    try (Listener listener = Tls.listen("tcp", "127.0.0.1:0", serves)) {
      Net.go(() -> echo(listener.accept()));
      try (TlsConn conn = Tls.dial("tcp", listener.addr().toString(), asks)) {
        // Tickets and classes. A ticket and the echo behind it may come in two pieces that one read
        // takes; the poller then tells of the second one when nothing is there, and a read looks.
        for (int i = 0; i < 3; i++) {
          conn.write(new byte[1]);
          conn.readFully(new byte[1]);
        }
        for (int i = 0; i < ROUNDS; i++) {
          conn.write(new byte[SMALL]);
          conn.readFully(new byte[SMALL]);
        }
        ByteBuffer[] parts = new ByteBuffer[4];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = ByteBuffer.allocate(GATHERED / parts.length);
        }
        conn.write(parts);
        conn.readFully(new byte[GATHERED]);
        try (Cork cork = conn.cork()) {
          for (int i = 0; i < 5; i++) {
            cork.write(new byte[CORKED / 5]);
          }
        }
        conn.readFully(new byte[CORKED]);
      }
    }
    System.out.println("done");
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[16 * 1024];
    try (conn) {
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    }
  }
}
