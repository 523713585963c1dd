package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.KeepAlive;
import gonet.Listener;
import gonet.Net;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers and clients in every pairing of networks. Go: net/server_test.go, protoconn_test.go. */
@LeakCheck
@Proves({"S1", "S12"})
class TcpServerTest extends BothCallers {
  private static final int CLIENTS = 3;

  @ParameterizedTest
  @Proves({"listen", "listen-wildcard", "D8"})
  @CsvSource({
    // the server's network and host, the client's
    "tcp, '', tcp, 127.0.0.1",
    "tcp, 0.0.0.0, tcp, 127.0.0.1",
    "tcp, [::ffff:0.0.0.0], tcp, 127.0.0.1",
    "tcp, [::], tcp, [::1]",
    "tcp, '', tcp, [::1]",
    "tcp, 0.0.0.0, tcp, [::1]",
    "tcp, [::ffff:0.0.0.0], tcp, [::1]",
    "tcp, [::], tcp, 127.0.0.1",
    "tcp, '', tcp4, 127.0.0.1",
    "tcp, 0.0.0.0, tcp4, 127.0.0.1",
    "tcp, [::ffff:0.0.0.0], tcp4, 127.0.0.1",
    "tcp, [::], tcp6, [::1]",
    "tcp, '', tcp6, [::1]",
    "tcp, 0.0.0.0, tcp6, [::1]",
    "tcp, [::ffff:0.0.0.0], tcp6, [::1]",
    "tcp, [::], tcp4, 127.0.0.1",
    "tcp, 127.0.0.1, tcp, 127.0.0.1",
    "tcp, [::ffff:127.0.0.1], tcp, 127.0.0.1",
    "tcp, [::1], tcp, [::1]",
    "tcp4, '', tcp4, 127.0.0.1",
    "tcp4, 0.0.0.0, tcp4, 127.0.0.1",
    "tcp4, [::ffff:0.0.0.0], tcp4, 127.0.0.1",
    "tcp4, 127.0.0.1, tcp4, 127.0.0.1",
    "tcp6, '', tcp6, [::1]",
    "tcp6, [::], tcp6, [::1]",
    "tcp6, [::1], tcp6, [::1]",
  })
  void clientsAreEchoedWhicheverWayTheyReachTheServer(
      String network, String host, String clientNetwork, String clientHost) throws Exception {
    Ipv6.assumeFor(network, host, clientNetwork, clientHost);
    try (Listener listener = Net.listen(network, host + ":0")) {
      crew.extra(
          "server",
          () -> {
            while (true) {
              Conn conn = listener.accept();
              crew.start("handler", () -> echo(conn));
            }
          });
      String address = clientHost + ":" + DialTest.port(listener);
      for (int i = 0; i < CLIENTS; i++) {
        byte[] greeting = ("client " + i).getBytes(StandardCharsets.US_ASCII);
        crew.start("client " + i, () -> exchange(clientNetwork, address, greeting));
      }
      crew.join();
    }
  }

  private static void echo(Conn accepted) throws Exception {
    try (Conn conn = accepted) {
      conn.setReadTimeout(Duration.ofSeconds(20));
      byte[] buf = new byte[100];
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    }
  }

  private static void exchange(String network, String address, byte[] greeting) throws Exception {
    try (Conn conn = Net.dial(network, address)) {
      conn.setDeadline(Instant.now().plusSeconds(20));
      assertEquals(address, conn.remoteAddr().toString());
      for (int round = 0; round < 3; round++) {
        conn.write(greeting);
        byte[] answer = new byte[greeting.length];
        conn.readFully(answer);
        assertArrayEquals(greeting, answer);
      }
      conn.closeWrite();
      assertEquals(-1, conn.read(new byte[1]));
    }
  }

  // ---- everything that the types themselves promise can be called

  @Test
  @Proves({"conn-listener", "listener-accept"})
  void aTcpListenerGivesTcpConnectionsAndTakesDeadlines() throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", LOOPBACK)) {
      assertSame(listener.addr(), listener.addr());
      listener.setDeadline(Instant.now().plusSeconds(30));
      listener.setTimeout(Duration.ofSeconds(30));
      try (Conn dialled = Net.dial("tcp", listener.addr().toString());
          TcpConn accepted = listener.accept()) {
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
        assertEquals(listener.addr(), accepted.localAddr());
      }
      listener.setDeadline(null);
      listener.setTimeout(null);
      assertTrue(listener.toString().contains(listener.addr().toString()));
    }
  }

  @Test
  @Proves("tcp-buffers")
  void aTcpConnectionTakesEveryOptionAtAnyTimeAndStillCarriesBytes() throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", LOOPBACK);
        TcpConn dialled = (TcpConn) Net.dial("tcp", listener.addr().toString());
        TcpConn accepted = listener.accept()) {
      for (TcpConn conn : new TcpConn[] {dialled, accepted}) {
        conn.setKeepAlive(KeepAlive.off());
        conn.setKeepAlive(KeepAlive.on().withIdle(Duration.ofSeconds(3)));
        conn.setLinger(null);
        conn.setLinger(Duration.ZERO);
        conn.setLinger(null);
        conn.setNoDelay(false);
        assertEquals(false, conn.noDelay());
        conn.setNoDelay(true);
        assertEquals(true, conn.noDelay());
        conn.setReadBuffer(64 * 1024);
        conn.setWriteBuffer(64 * 1024);
        conn.setDeadline(Instant.now().plusSeconds(30));
        conn.setReadDeadline(Instant.now().plusSeconds(30));
        conn.setWriteDeadline(Instant.now().plusSeconds(30));
      }
      byte[] message = "TCPCONN TEST".getBytes(StandardCharsets.US_ASCII);
      dialled.write(message);
      byte[] answer = new byte[message.length];
      accepted.readFully(answer);
      assertArrayEquals(message, answer);
      accepted.write(answer);
      dialled.readFully(answer);
      assertArrayEquals(message, answer);
      dialled.closeWrite();
      accepted.closeRead();
      assertEquals(-1, accepted.read(answer));
    }
  }
}
