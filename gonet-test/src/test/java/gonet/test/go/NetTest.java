package gonet.test.go;

import static gonet.test.go.Failures.assertClosed;
import static gonet.test.go.Failures.assertTimeout;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.Loopback;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing, half-closing and what a waiting read sees of it. Go: net/net_test.go, conn_test.go. */
@Proves("S1")
class NetTest extends BothCallers {
  private static final Duration A_WHILE = Duration.ofMillis(100);
  private static final Duration PROMPTLY = Duration.ofSeconds(5);

  // ---- half-close

  @ParameterizedTest
  @MethodSource("pairs")
  void afterCloseReadAReadReturnsNoByte(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      crew.extra("writer", () -> pair.right().write(new byte[100]));
      pair.left().closeRead();
      for (int i = 0; i < 3; i++) {
        assertEquals(-1, pair.left().read(new byte[100]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void eachDirectionEndsByItselfAndItsWriterWritesNoMore(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn client = pair.left();
      Conn server = pair.right();

      client.closeWrite();
      assertEquals(-1, server.read(new byte[100]));
      assertWritesNoMore(client);

      Job<byte[]> answer = crew.compute("client", () -> client.readAll(100));
      server.write("the other direction goes on".getBytes(US_ASCII));
      server.closeWrite();
      assertArrayEquals("the other direction goes on".getBytes(US_ASCII), answer.result());
      assertEquals(-1, client.read(new byte[100]));
      assertWritesNoMore(server);
    }
  }

  private static void assertWritesNoMore(Conn conn) {
    IOException e = assertThrows(IOException.class, () -> conn.write(new byte[100]));
    NetFailure shape = assertInstanceOf(NetFailure.class, e, e::toString);
    assertEquals("write", shape.op());
    assertFalse(shape.timeout());
    assertFalse(conn.isClosed());
  }

  // ---- close

  @ParameterizedTest
  @MethodSource("pairs")
  void afterCloseReadsAndWritesFailAndASecondCloseHasNoEffect(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      conn.close();
      conn.close();
      assertTrue(conn.isClosed());
      assertClosed(() -> conn.read(new byte[100]));
      assertClosed(() -> conn.write(new byte[100]));
    }
  }

  @Test
  @Proves("listener-close")
  void afterCloseAcceptFailsAndNobodyConnects() throws Exception {
    Listener listener = Net.listen("tcp", Loopback.ownAnyPort());
    listener.close();
    listener.close();
    assertTrue(listener.isClosed());
    assertClosed(listener::accept);
    String address = listener.addr().toString();
    assertThrows(IOException.class, () -> Net.dial("tcp", address, PROMPTLY).close());
  }

  @Test
  void anAddressCanBeListenedOnAgainOnceItsListenerIsClosed() throws Exception {
    // Some other process may take the port in between, but hardly ten ports in a row.
    NetBindException taken = null;
    for (int i = 0; i < 10; i++) {
      Listener first = Net.listen("tcp", LOOPBACK);
      try (Conn client = Net.dial("tcp", first.addr().toString())) {
        first.accept().close(); // first, so that the listener's port keeps a TIME_WAIT
        assertEquals(-1, client.read(new byte[1]));
      }
      first.close();
      try (Listener second = Net.listen("tcp", first.addr().toString())) {
        assertEquals(first.addr(), second.addr());
        return;
      } catch (NetBindException e) {
        taken = e;
      }
    }
    throw taken;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aWaitingReadSeesTheEndOfTheStreamWhenTheOtherSideCloses(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.left().read(new byte[100]));
      reader.awaitParked().staysFor(A_WHILE);
      pair.right().close();
      assertEquals(-1, reader.result());
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aWaitingReadFailsWhenItsOwnSideCloses(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.left().read(new byte[100]));
      reader.awaitParked();
      pair.left().close();
      assertClosed(reader.failure(NetClosedException.class));
    }
  }

  // ---- reset

  @ParameterizedTest
  @Proves("tcp-linger")
  @ValueSource(booleans = {true, false})
  void aResetIsAFailureForGoodAndNoEndOfTheStream(boolean byAbort) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (ConnPair pair = ConnPairs.dialled("tcp", LOOPBACK).connect()) {
        TcpConn other = (TcpConn) pair.right();
        Job<Integer> reader = crew.compute("reader", () -> pair.left().read(new byte[100]));
        if (i % 2 == 0) { // a read that waits, and one that may come later than the reset
          reader.awaitParked();
        }
        if (byAbort) {
          other.abort();
        } else {
          other.setLinger(Duration.ZERO);
          other.close();
        }
        assertReset(reader.failure(NetSocketException.class));
        assertReset(assertThrows(NetSocketException.class, () -> pair.left().read(new byte[100])));
      }
    }
  }

  private static void assertReset(NetSocketException e) {
    assertEquals("ECONNRESET", e.errno());
    assertFalse(e.temporary(), e.getMessage());
    assertFalse(e.timeout(), e.getMessage());
    assertTrue(NetFailure.isConnectionGone(e));
  }

  // ---- reads of nothing, and deadlines that free a read

  @ParameterizedTest
  @MethodSource("pairs")
  void aReadIntoNothingReturnsAtOnceOnBothSides(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      for (Conn conn : new Conn[] {pair.left(), pair.right()}) {
        assertEquals(0, conn.read(new byte[0]));
        assertEquals(0, conn.read(new byte[7], 7, 0));
        assertEquals(0, conn.read(ByteBuffer.allocate(0)));
        assertEquals(0, conn.read(ByteBuffer.allocateDirect(0)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aDeadlineInThePastFreesAReadThatWaits(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.left().read(new byte[100]));
      reader.awaitParked().staysFor(A_WHILE);
      long start = System.nanoTime();
      pair.left().setReadDeadline(Instant.EPOCH);
      assertTimeout(reader.failure(NetTimeoutException.class));
      assertTrue(System.nanoTime() - start < PROMPTLY.toNanos());
    }
  }

  // ---- names, deadlines and an echo together

  @ParameterizedTest
  @Proves({"dial", "conn-addr"})
  @ValueSource(strings = {"tcp", "tcp4", "tcp6"})
  void listenerAndConnectionsTellTheirNetworkAndEachOthersAddressAndEcho(String network)
      throws Exception {
    Ipv6.assumeFor(network);
    String address = network.equals("tcp6") ? "[::1]:0" : LOOPBACK;
    try (Listener listener = Net.listen(network, address)) {
      assertEquals("tcp", listener.addr().network());
      Job<Void> server =
          crew.start(
              "server",
              () -> {
                try (Conn conn = listener.accept()) {
                  assertEquals("tcp", conn.localAddr().network());
                  assertEquals("tcp", conn.remoteAddr().network());
                  assertEquals(listener.addr(), conn.localAddr());
                  exchangeInTime(conn, false);
                }
              });
      try (Conn conn = Net.dial(network, listener.addr().toString())) {
        assertEquals("tcp", conn.localAddr().network());
        assertEquals("tcp", conn.remoteAddr().network());
        assertEquals(listener.addr(), conn.remoteAddr());
        exchangeInTime(conn, true);
      }
      server.result();
    }
  }

  private static void exchangeInTime(Conn conn, boolean begin) throws IOException {
    byte[] text = "LISTENER AND CONN TEST".getBytes(US_ASCII);
    byte[] got = new byte[text.length];
    Instant soon = Instant.now().plusSeconds(30);
    conn.setDeadline(soon);
    conn.setReadDeadline(soon);
    conn.setWriteDeadline(soon);
    if (begin) {
      conn.write(text);
      conn.readFully(got);
      assertArrayEquals(text, got);
    } else {
      conn.readFully(got);
      conn.write(got);
    }
  }
}
