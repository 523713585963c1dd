package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each bad manner, and what gonet makes of it. */
@LeakCheck
@Timeout(180)
class BadPeerTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void bytesBehindAnUrgentOneArriveWithoutFurtherTraffic() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (BadPeer peer =
              BadPeer.listen(
                  new Effect.SendBytes(ascii("before")),
                  new Effect.SendUrgent('!'),
                  new Effect.SendBytes(ascii("behind")),
                  new Effect.Stall(HOUR));
          Conn conn = Net.dial("tcp", peer.address())) {
        byte[] got = new byte[12];
        conn.readFully(got);
        assertArrayEquals(ascii("beforebehind"), got);
      }
    }
  }

  @Test
  void urgentBytesOneAfterTheOtherDoNotHangAReaderOfBigBuffers() throws Exception {
    Effect[] script = new Effect[60];
    for (int i = 0; i < script.length; i += 3) {
      script[i] = new Effect.SendBytes(ascii("abc"));
      script[i + 1] = new Effect.SendUrgent('!');
      script[i + 2] = new Effect.Stall(Duration.ofMillis(i % 2));
    }
    script[script.length - 1] = new Effect.HalfClose();
    try (BadPeer peer = BadPeer.listen(script);
        Conn conn = Net.dial("tcp", peer.address())) {
      String got = new String(conn.readAll(), StandardCharsets.US_ASCII);
      // A further urgent byte makes an ordinary one of the last that nobody has passed (tcp(7)).
      assertEquals("abc".repeat(20), got.replace("!", ""));
    }
  }

  @Test
  void aDrippedAnswerArrivesWhole() throws Exception {
    byte[] answer = Traffic.random(100, 11);
    try (BadPeer peer =
            BadPeer.listen(
                new Effect.Drip(answer, 7, Duration.ofMillis(1)), new Effect.HalfClose());
        Conn conn = Net.dial("tcp", peer.address())) {
      assertArrayEquals(answer, conn.readAll());
    }
  }

  @Test
  void garbageComesThroughUnchanged() throws Exception {
    Effect.Garbage garbage = new Effect.Garbage(100_000, 12);
    try (BadPeer peer = BadPeer.listen(garbage, new Effect.Close());
        Conn conn = Net.dial("tcp", peer.address())) {
      assertArrayEquals(garbage.bytes(), conn.readAll());
    }
  }

  @Test
  @Proves("B7")
  void aStalledPeerRunsIntoTheReadTimeout() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.Stall(HOUR));
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.setReadTimeout(Duration.ofMillis(20));
      assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1]));
    }
  }

  @Test
  @Proves("jvm-back-pressure")
  void aPeerThatNeverReadsRunsIntoTheWriteTimeoutSoon() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.NeverRead());
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.setWriteTimeout(Duration.ofMillis(50));
      NetTimeoutException e =
          assertThrows(NetTimeoutException.class, () -> conn.write(new byte[64 << 20]));
      assertTrue(e.bytesTransferred() < 64 << 20);
      assertEquals(0, peer.received().length);
    }
  }

  @Test
  void aPeerThatResetsMidStreamIsNoEnd() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.ReadThenReset(5));
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.write(ascii("12345678"));
      NetSocketException e = assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
      assertEquals("ECONNRESET", e.errno());
      assertArrayEquals(ascii("12345"), peer.received());
    }
  }

  @Test
  @Proves("B54")
  void aPeerThatHasEndedItsDirectionStillListens() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.HalfClose(), new Effect.ReadToEnd());
        Conn conn = Net.dial("tcp", peer.address())) {
      assertEquals(-1, conn.read(new byte[1]));
      conn.write(ascii("still here"));
      conn.closeWrite();
      peer.awaitReceived(10);
      peer.awaitFinished(1);
      assertArrayEquals(ascii("still here"), peer.received());
    }
  }

  @Test
  void aPeerThatDialsAndResetsLeavesAListenerThatLives() throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0")) {
      int port = listener.addr().port();
      for (int i = 0; i < 5; i++) {
        try (BadPeer rude = BadPeer.dial(port, new Effect.Reset())) {
          rude.awaitFinished(1);
        }
      }
      try (BadPeer polite = BadPeer.dial(port, new Effect.SendBytes(ascii("x")))) {
        assertEquals(1, polite.accepted());
        readFromFirstLiving(listener);
      }
      assertFalse(listener.isClosed());
    }
  }

  /** Linux hands out connections that were reset in the queue; the first read tells. */
  private static void readFromFirstLiving(TcpListener listener) throws IOException {
    for (; ; ) {
      try (Conn conn = listener.accept()) {
        assertEquals(1, conn.read(new byte[1]));
        return;
      } catch (NetSocketException e) {
        assertTrue(NetFailure.isConnectionGone(e), e.getMessage());
      }
    }
  }

  private static byte[] ascii(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
