package gonet.test.go;

import static gonet.test.go.Failures.assertClosed;
import static gonet.test.go.Failures.assertShape;
import static gonet.test.go.Failures.assertTimesOut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetConnectException;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.internal.backend.Errno;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Faults.Call;
import gonet.test.Job;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Failures of close, accept and dial that the caller has to tell apart. Go: net/error_test.go,
 * error_posix_test.go, and TestAcceptIgnoreAbortedConnRequest of net_test.go.
 */
@Proves("S12")
class ErrorTest extends BothCallers {

  // ---- close

  @ParameterizedTest
  @MethodSource("pairs")
  void halfClosesMayBeRepeatedUntilCloseAndSayClosedAfterIt(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      for (int i = 0; i < 3; i++) {
        assertWorksOrIsNotConnected(conn::closeRead);
        assertWorksOrIsNotConnected(conn::closeWrite);
      }
      assertFalse(conn.isClosed());
      for (int i = 0; i < 3; i++) {
        conn.close();
        assertClosed(conn::closeRead);
        assertClosed(conn::closeWrite);
        assertClosed(() -> conn.setDeadline(Instant.now()));
      }
    }
  }

  /** Shutting down what is shut down works or not, as the kernel likes; it harms nothing. */
  private static void assertWorksOrIsNotConnected(Crew.Body call) throws Exception {
    try {
      call.run();
    } catch (NetSocketException e) {
      assertShape("close", "tcp", e);
      assertEquals("ENOTCONN", e.errno());
    }
  }

  @Test
  @Proves({"listener-close", "error-closed"})
  @SuppressWarnings("try") // closing before the end is what is tested
  void whatIsClosedSaysSoInGosWordsWithItsAddresses() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK);
        Conn conn = Net.dial("tcp", listener.addr().toString());
        Conn accepted = listener.accept()) {
      String ends = "tcp " + conn.localAddr() + "->" + accepted.localAddr();
      String closed = ": use of closed network connection";
      conn.close();
      listener.close();
      byte[] buf = new byte[1];
      assertEquals("read " + ends + closed, assertClosed(() -> conn.read(buf)).getMessage());
      assertEquals("write " + ends + closed, assertClosed(() -> conn.write(buf)).getMessage());
      assertEquals("close " + ends + closed, assertClosed(conn::closeWrite).getMessage());
      assertEquals(
          "set " + ends + closed,
          assertClosed(() -> ((TcpConn) conn).setNoDelay(true)).getMessage());
      assertEquals(
          "set tcp " + conn.localAddr() + closed,
          assertClosed(() -> conn.setReadDeadline(null)).getMessage());
      assertEquals(
          "accept tcp " + listener.addr() + closed, assertClosed(listener::accept).getMessage());
      assertEquals(
          "set tcp " + listener.addr() + closed,
          assertClosed(() -> listener.setDeadline(null)).getMessage());
    }
  }

  // ---- accept

  @Test
  @SuppressWarnings("try") // closing before the end is what is tested
  void acceptTimesOutAgainAndAgainAndThenSaysClosed() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      listener.setTimeout(Duration.ofMillis(5));
      for (int i = 0; i < 10; i++) {
        assertShape("accept", "tcp", assertTimesOut(listener::accept));
      }
      listener.close();
      for (int i = 0; i < 10; i++) {
        assertShape("accept", "tcp", assertClosed(listener::accept));
      }
    }
  }

  @Test
  void acceptPassesOverConnectionsThatDiedInTheQueue() throws Exception {
    int[] deaths = {Errno.ECONNABORTED, Errno.EINTR, Errno.EPROTO, Errno.ENETDOWN};
    try (Listener listener = Net.listen("tcp", LOOPBACK);
        Conn dialled = Net.dial("tcp", listener.addr().toString());
        Faults faults = Faults.begin()) {
      for (int errno : deaths) {
        faults.failNext(Call.ACCEPT, 2, errno);
      }
      try (Conn accepted = listener.accept()) {
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
      }
      assertEquals(2 * deaths.length, faults.injected(Call.ACCEPT));
    }
  }

  // ---- cancelled, timed out

  @Test
  @Proves({"dialer-cancel", "error-cancelled"})
  void aCancelledDialAndOneThatTimedOutAreToldApart() throws Exception {
    try (BlackHole hole = new BlackHole()) {
      Job<Conn> dial =
          crew.compute(
              "dial",
              () -> {
                try {
                  return Net.dial("tcp", hole.address());
                } finally {
                  assertTrue(Thread.currentThread().isInterrupted(), "the status stays set");
                }
              });
      dial.awaitParked().thread().interrupt();
      NetInterruptedException canceled = dial.failure(NetInterruptedException.class);
      assertShape("dial", "tcp", canceled);
      assertFalse(canceled.timeout());
      assertEquals(
          "dial tcp " + hole.address() + ": operation was canceled", canceled.getMessage());

      assertShape(
          "dial",
          "tcp",
          assertTimesOut(() -> Net.dial("tcp", hole.address(), Duration.ofMillis(50))));
    }
  }

  @Test
  void aCancelledRaceOfTwoFamiliesIsToldAsCancelledToo() throws Exception {
    try (BlackHole hole = new BlackHole()) {
      Dialer dialer =
          Dialer.defaults()
              .withFallbackDelay(Duration.ofMillis(1))
              .withResolver(_ -> BlackHole.bothFamilies());
      Job<?> dial =
          crew.compute("dial", () -> dialer.dial("tcp", "both.test:" + hole.port())).awaitParked();
      dial.thread().interrupt();
      NetInterruptedException canceled = dial.failure(NetInterruptedException.class);
      assertShape("dial", "tcp", canceled);
      assertFalse(canceled.timeout());
    }
  }

  // ---- a port that the kernel chose badly

  @Test
  @Proves("dialer-self")
  void aDialWhosePortTheKernelChoseBadlyIsTriedAgainThreeTimesInAll() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      String address = listener.addr().toString();
      try (Faults faults = Faults.begin()) {
        faults.failNext(Call.CONNECT, 2, Errno.EADDRNOTAVAIL);
        Net.dial("tcp", address).close();
        assertEquals(3, faults.calls(Call.CONNECT));
      }
      try (Faults faults = Faults.begin()) {
        faults.failNext(Call.CONNECT, 3, Errno.EADDRNOTAVAIL);
        NetConnectException e =
            assertThrows(NetConnectException.class, () -> Net.dial("tcp", address));
        assertEquals("EADDRNOTAVAIL", e.errno());
        assertEquals(3, faults.calls(Call.CONNECT));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ECONNREFUSED, Errno.EACCES, Errno.ENETUNREACH})
  void aDialThatFailsOtherwiseIsNotTriedAgain(int errno) throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK);
        Faults faults = Faults.begin()) {
      faults.failNext(Call.CONNECT, 1, errno);
      IOException e =
          assertThrows(IOException.class, () -> Net.dial("tcp", listener.addr().toString()));
      assertEquals(errno, assertShape("dial", "tcp", e).errnoNumber());
      assertEquals(1, faults.calls(Call.CONNECT));
    }
  }

  @Test
  void aDialFromAGivenPortIsNotTriedAgain() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      int port = freePort();
      TcpAddr local = TcpAddr.of(AddrPort.of(Addr.parse("127.0.0.1"), port));
      Dialer dialer = Dialer.defaults().withLocalAddr(local);
      try (Faults faults = Faults.begin()) {
        faults.failNext(Call.CONNECT, 1, Errno.EADDRNOTAVAIL);
        NetConnectException e =
            assertThrows(
                NetConnectException.class, () -> dialer.dial("tcp", listener.addr().toString()));
        assertEquals(
            "dial tcp "
                + local
                + "->"
                + listener.addr()
                + ": connect: cannot assign requested address",
            e.getMessage());
        assertEquals(1, faults.calls(Call.CONNECT));
      }
    }
  }

  private static int freePort() throws IOException {
    Listener listener = Net.listen("tcp", LOOPBACK);
    listener.close();
    return ((TcpAddr) listener.addr()).port();
  }
}
