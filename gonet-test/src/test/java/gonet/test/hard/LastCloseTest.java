package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetSocketException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the last call does to what was written, to what was not read, and to the port. */
@LeakCheck
@Proves("S9")
class LastCloseTest {
  private static final int RESPONSE = 400_000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  /** A listener of all addresses does not know at which of them a client came. */
  @Test
  void theLocalAddressIsKnownAfterCloseAlthoughNobodyAskedBefore() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", ":0");
        TcpConn client = Dialer.defaults().dialTcp("tcp4", "127.0.0.1:" + listener.addr().port())) {
      TcpConn server = listener.accept();
      server.close();
      assertEquals(client.remoteAddr(), server.localAddr());
      assertEquals(client.localAddr(), server.remoteAddr());
    }
  }

  /** RFC 1122, 4.2.2.13: closed with unread input, a connection is reset, and that overtakes. */
  @Test
  @Proves("B57")
  void aPlainCloseOverUnreadInputMayCostThePeerTheResponse() throws Exception {
    try (TcpPair pair = pairWithSlowClient()) {
      pair.client().write(new byte[100]);
      pair.server().awaitReadable();
      pair.server().write(new byte[RESPONSE]);
      pair.server().close();
      NetSocketException e = assertThrows(NetSocketException.class, () -> pair.client().readAll());
      assertEquals("ECONNRESET", e.errno(), e.getMessage());
    }
  }

  @Test
  @Proves("B55")
  void aGracefulCloseOverUnreadInputDeliversTheWholeResponse() throws Exception {
    try (TcpPair pair = pairWithSlowClient()) {
      pair.client().write(new byte[100]);
      pair.server().awaitReadable();
      pair.server().write(new byte[RESPONSE]);
      Job<Boolean> closing =
          crew.compute("closing", () -> pair.server().closeGracefully(Duration.ofSeconds(20)));
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      byte[] buf = new byte[10_000];
      for (int n; (n = pair.client().read(buf)) >= 0; ) {
        got.write(buf, 0, n);
        pair.client().write(new byte[10]); // still talking, and nobody listens
      }
      assertEquals(RESPONSE, got.size());
      pair.client().close();
      assertTrue(closing.result());
      assertTrue(pair.server().isClosed());
    }
  }

  @Test
  void aGracefulCloseDoesNotWaitLongerThanItMayForAPeerThatNeverEnds() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      crew.extra(
          "chatterbox",
          () -> {
            for (; ; ) {
              pair.client().write(new byte[100]);
            }
          });
      long start = System.nanoTime();
      assertFalse(pair.server().closeGracefully(Duration.ofMillis(200)));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.toMillis() >= 200 && took.toMillis() < 5000, took::toString);
      assertTrue(pair.server().isClosed());
    }
    crew.end();
  }

  @Test
  @Proves({"node-reset", "S17"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/net/tcp")
  void abortResetsThePeerAndLeavesNoTimeWait() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (TcpPair pair = TcpPair.connect()) {
        Job<Integer> reader = crew.compute("reader", () -> pair.server().read(new byte[1]));
        pair.client().abort();
        NetSocketException e = reader.failure(NetSocketException.class);
        assertEquals("ECONNRESET", e.errno(), e.getMessage());
        assertTrue(pair.client().isClosed());
        assertEquals(List.of(), TcpTable.states(pair.client().localAddr().port(), portOf(pair)));
      }
    }
  }

  /** Whoever closes first keeps the connection in TIME_WAIT for a minute. */
  @Test
  @Proves({"B33", "C5"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/net/tcp")
  void aServerThatClosesFirstCanListenOnItsPortAgainAboveItsTimeWaits() throws Exception {
    TcpAddr address;
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      address = listener.addr();
      for (int i = 0; i < 1000; i++) {
        try (TcpConn client = Dialer.defaults().dialTcp("tcp4", listener.addr())) {
          listener.accept().close();
          assertEquals(-1, client.read(new byte[1]));
        }
      }
    }
    long waiting =
        TcpTable.states(address.port()).stream().filter(TcpTable.TIME_WAIT::equals).count();
    assertTrue(waiting > 0, "the server has no TIME_WAIT, so this proves nothing");
    try (TcpListener again = ListenConfig.defaults().listenTcp("tcp4", address);
        Conn client = Dialer.defaults().dialTcp("tcp4", again.addr());
        Conn server = again.accept()) {
      client.write(new byte[1]);
      assertEquals(1, server.read(new byte[1]));
    }
  }

  private static int portOf(TcpPair pair) {
    return pair.client().remoteAddr().port();
  }

  /** The client's window is far smaller than the response, so most of it waits in the server. */
  private static TcpPair pairWithSlowClient() throws IOException {
    return TcpPair.connect(
        ListenConfig.defaults().withWriteBuffer(1 << 20), Dialer.defaults().withReadBuffer(8192));
  }
}
