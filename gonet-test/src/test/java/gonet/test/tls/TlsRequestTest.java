package gonet.test.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS under a server that waits for requests without a thread. */
@LeakCheck
@Timeout(180)
@Proves("tls-stuck")
class TlsRequestTest {
  private static final byte FLOOD = 'f';

  /** Answers with too much, and makes nothing of the end of its time; or with the same byte. */
  private static void answer(ServerConn conn, CompletableFuture<Integer> sent) throws IOException {
    byte[] request = new byte[1];
    if (conn.read(request) < 1) {
      return;
    }
    if (request[0] != FLOOD) {
      conn.write(request);
      return;
    }
    conn.setWriteTimeout(Duration.ofMillis(300));
    long taken = 0;
    for (long more = 1; more > 0; taken += more) { // until the kernel takes nothing any more
      more =
          assertThrows(NetTimeoutException.class, () -> conn.write(new byte[64 << 20]))
              .bytesTransferred();
    }
    conn.setWriteTimeout(null);
    sent.complete((int) taken);
  }

  /** The client has half a record, and nothing to say before it has the other half. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void theRestOfAnAnswerThatWasCutOffIsSentWhileNoThreadWaits(TlsVersion version) throws Exception {
    CompletableFuture<Integer> sent = new CompletableFuture<>();
    try (Server server =
            Server.builder()
                .listenOn("tcp4", "127.0.0.1:0", Tls.serverLayer(TlsPairs.server().build()))
                .requestHandler(conn -> answer(conn, sent))
                .start();
        Conn raw = Net.dial("tcp4", server.addr().toString())) {
      EnginePeer client = new EnginePeer(raw, TlsPairs.sslContext(), version, true);
      client.handshake();
      client.send(client.wrap(new byte[] {FLOOD}));
      int size = sent.get(60, TimeUnit.SECONDS);
      await().until(() -> server.conns().getFirst().phase() == ServerConn.Phase.WAITING);
      assertEquals(size, client.read(size).length);
      client.send(client.wrap(new byte[] {5}));
      assertEquals(5, client.read(1)[0]);
      client.send(client.closeNotify());
    }
  }
}
