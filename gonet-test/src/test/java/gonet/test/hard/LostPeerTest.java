package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.BadPeer;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Effect;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The peer is gone, in one way or another. The kernel tells a reset once, to whoever asks first,
 * and afterwards pretends a clean end, by which half a message would pass for a whole one.
 */
@LeakCheck
@Proves({"S9", "C16"})
class LostPeerTest {
  /** The peer waits for one byte: a reset during the dial would be the dial's failure. */
  private static final Effect GO = new Effect.Read(1);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  void whatArrivedBeforeTheResetIsReadInPiecesAndThenEveryReadFails() throws Exception {
    try (BadPeer peer =
            BadPeer.listen(
                GO, new Effect.SendBytes("abcdef".getBytes(US_ASCII)), new Effect.Reset());
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.write(new byte[1]);
      peer.awaitFinished(1);
      byte[] four = new byte[4];
      assertEquals(4, conn.read(four));
      assertEquals("abcd", new String(four, US_ASCII));
      assertEquals(2, conn.read(four));
      assertEquals("efcd", new String(four, US_ASCII));
      for (int i = 0; i < 3; i++) {
        assertReset(conn);
      }
    }
  }

  /** Reads, writes and waits in every order: r, w and a. */
  @ParameterizedTest
  @Proves({"B18", "B31"})
  @ValueSource(strings = {"r", "wr", "wwr", "ar", "awr", "war", "wawr", "rwr", "rar", "wrwar"})
  void noOrderOfCallsAfterAResetShowsACleanEnd(String calls) throws Exception {
    try (BadPeer peer =
            BadPeer.listen(
                GO, new Effect.SendBytes("abcdef".getBytes(US_ASCII)), new Effect.Reset());
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.write(new byte[1]);
      peer.awaitFinished(1);
      StringBuilder got = new StringBuilder();
      for (int i = 0; i < calls.length(); i++) {
        switch (calls.charAt(i)) {
          case 'w' -> assertThrows(NetSocketException.class, () -> conn.write(new byte[1]));
          case 'a' -> conn.awaitReadable();
          default -> readIfAny(conn, got);
        }
      }
      while (got.length() < 6) {
        assertTrue(readIfAny(conn, got), () -> "the reset ate what had arrived behind " + got);
      }
      assertEquals("abcdef", got.toString());
      assertReset(conn);
      assertReset(conn);
    }
  }

  @Test
  @Proves({"B20", "C20"})
  void anOrderlyEndStaysOneWhenALaterWriteFails() throws Exception {
    try (BadPeer peer =
            BadPeer.listen(GO, new Effect.SendBytes("bye".getBytes(US_ASCII)), new Effect.Close());
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.write(new byte[1]);
      peer.awaitFinished(1);
      conn.write(new byte[1]); // answered by a reset, which the kernel reports as EPIPE
      Awaitility.await()
          .pollInSameThread()
          .untilAsserted(
              () -> {
                NetSocketException e =
                    assertThrows(NetSocketException.class, () -> conn.write(new byte[1]));
                assertEquals("EPIPE", e.errno(), e.getMessage());
                assertTrue(NetFailure.isConnectionGone(e));
              });
      // The stream was whole: all bytes, then the end.
      byte[] three = new byte[3];
      conn.readFully(three);
      assertEquals("bye", new String(three, US_ASCII));
      assertEquals(-1, conn.read(three));
      assertEquals(-1, conn.read(three));
      assertFalse(conn.isClosed());
    }
  }

  /** Without unread data the kernel ends the connections of a dead process, with it it resets. */
  @Test
  @Proves("C4")
  void whenThePeersProcessIsKilledItsConnectionsEndOrAreResetAtOnce() throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp4", "127.0.0.1:0");
        Child child = Child.start(Holder.class, List.of(), listener.addr().toString())) {
      try (TcpConn first = listener.accept();
          TcpConn second = listener.accept()) {
        second.write("never read".getBytes(US_ASCII));
        assertEquals("holding", child.hear());
        Job<Integer> end = crew.compute("end", () -> first.read(new byte[1])).awaitParked();
        Job<Integer> reset = crew.compute("reset", () -> second.read(new byte[1])).awaitParked();
        child.kill();
        assertEquals(-1, end.result());
        assertEquals("ECONNRESET", ((NetFailure) reset.failure(IOException.class)).errno());
        assertReset(second);
      }
    }
  }

  /** Two connections, held until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      int port = Integer.parseInt(args[0].substring(args[0].lastIndexOf(':') + 1));
      try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
        while (second.getInputStream().available() == 0) {
          Thread.onSpinWait();
        }
        Child.tell(first.isConnected() ? "holding" : "lost");
        Child.awaitLine();
      }
    }
  }

  /** What the other kernel has acknowledged the other program may never see. */
  @Test
  @Proves("C15")
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell what is unacknowledged")
  void whatIsAcknowledgedIsLostWithAProcessThatIsKilledBeforeItProcessesIt() throws Exception {
    try (Child child = Child.start(Processor.class, List.of());
        TcpConn conn = (TcpConn) Net.dial("tcp4", "127.0.0.1:" + child.hearInt())) {
      conn.write(new byte[] {1});
      assertEquals("processed 1", child.hear());
      conn.write(new byte[] {2});
      assertEquals("holding 2", child.hear()); // before it processes what it has read
      conn.write(new byte[] {3});
      Awaitility.await("the acknowledgement of 3").until(() -> conn.unsentBytes() == 0);
      long acknowledged = conn.info().bytesAcked();
      child.kill();
      assertReset(conn);
      assertEquals(4, acknowledged); // with the SYN, which takes a sequence number
      assertFalse(child.output().contains("processed 2"), child::output);
      assertFalse(child.output().contains("processed 3"), child::output);
    }
  }

  /** Processes the byte 1 at once; with a 2 in its hands it waits to be killed. */
  static final class Processor {
    public static void main(String[] args) throws IOException {
      try (Listener listener = Net.listen("tcp4", "127.0.0.1:0")) {
        Child.tell(((TcpAddr) listener.addr()).port());
        try (Conn conn = listener.accept()) {
          byte[] one = new byte[1];
          while (conn.read(one) == 1) {
            if (one[0] == 2) {
              Child.tell("holding 2");
              Child.awaitLine();
            }
            Child.tell("processed " + one[0]);
          }
        }
      }
    }
  }

  private static boolean readIfAny(Conn conn, StringBuilder got) {
    byte[] buf = new byte[4];
    try {
      int n = conn.read(buf);
      assertTrue(n > 0, "a clean end");
      got.append(new String(buf, 0, n, US_ASCII));
      return true;
    } catch (IOException e) {
      assertEquals("ECONNRESET", ((NetFailure) e).errno());
      return false;
    }
  }

  private static void assertReset(Conn conn) {
    NetSocketException e = assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
    assertEquals("ECONNRESET", e.errno(), e.getMessage());
  }
}
