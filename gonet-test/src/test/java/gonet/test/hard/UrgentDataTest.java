package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Job;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Urgent data in the stream (RFC 6093). A read stops at its mark although bytes stand behind it,
 * and no edge announces those: a reader that took the short read for an empty socket would hang
 * until the peer sends again, so any peer could hold any handler with one byte. The urgent byte
 * itself is taken out of the stream.
 */
@LeakCheck
class UrgentDataTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 64, 4096})
  void theBytesBehindTheMarkArriveWithoutFurtherTraffic(int bufferBytes) throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = connect(listener);
        Conn conn = listener.accept()) {
      conn.setReadTimeout(Duration.ofSeconds(10));
      // All of it is there before the first read.
      peer.getOutputStream().write("abc".getBytes(US_ASCII));
      peer.sendUrgentData('U');
      peer.getOutputStream().write("def".getBytes(US_ASCII));
      Job<String> reader = crew.compute("reader", () -> readSix(conn, bufferBytes));
      assertEquals("abcdef", reader.result());
    }
  }

  @Test
  void aReaderThatIsParkedAlreadyGetsWhatStandsAroundTheMark() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = connect(listener);
        Conn conn = listener.accept()) {
      conn.setReadTimeout(Duration.ofSeconds(10));
      for (int round = 0; round < 200; round++) {
        Job<String> reader = crew.compute("reader", () -> readSix(conn, 4096)).awaitParked();
        peer.getOutputStream().write("abc".getBytes(US_ASCII));
        peer.sendUrgentData('U');
        peer.getOutputStream().write("def".getBytes(US_ASCII));
        assertEquals("abcdef", reader.result(), "round " + round);
      }
    }
  }

  @Test
  void anUrgentByteInAnOtherwiseSilentStreamNeitherEndsNorSpinsTheReader() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = connect(listener);
        Conn conn = listener.accept();
        Faults calls = Faults.begin()) {
      Job<String> reader = crew.compute("reader", () -> readSix(conn, 4096)).awaitParked();
      peer.sendUrgentData('U');
      reader.staysFor(Duration.ofMillis(500));
      long receives = calls.calls(Faults.Call.RECEIVE);
      assertTrue(receives < 10, () -> receives + " calls for one event");
      peer.getOutputStream().write("abcdef".getBytes(US_ASCII));
      assertEquals("abcdef", reader.result());
    }
  }

  @Test
  void awaitReadableSeesTheBytesBehindTheMark() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = connect(listener);
        Conn conn = listener.accept()) {
      conn.setReadTimeout(Duration.ofSeconds(10));
      peer.getOutputStream().write("abc".getBytes(US_ASCII));
      peer.sendUrgentData('U');
      peer.getOutputStream().write("def".getBytes(US_ASCII));
      byte[] buf = new byte[64];
      StringBuilder got = new StringBuilder();
      while (got.length() < 6) {
        conn.awaitReadable();
        int n = conn.read(buf);
        got.append(new String(buf, 0, n, US_ASCII));
      }
      assertEquals("abcdef", got.toString());
    }
  }

  @Test
  void manyMarksInALongStreamLoseNothingElse() throws Exception {
    int count = 20_000;
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = connect(listener);
        Conn conn = listener.accept()) {
      conn.setReadTimeout(Duration.ofSeconds(10));
      peer.setTcpNoDelay(true);
      Job<Integer> reader =
          crew.compute(
              "reader",
              () -> {
                int next = 0;
                ByteBuffer buf = ByteBuffer.allocateDirect(512);
                while (conn.read(buf.clear()) >= 0) {
                  buf.flip();
                  while (buf.hasRemaining()) {
                    byte b = buf.get();
                    // A second mark that arrives before the first was passed turns the first into
                    // an ordinary byte (tcp(7)); nothing else may stand between.
                    if (b != 'U') {
                      assertEquals((byte) (next % 64), b, "byte " + next);
                      next++;
                    }
                  }
                }
                return next;
              });
      for (int i = 0; i < count; i++) {
        peer.getOutputStream().write(i % 64);
        if (i % 7 == 0) {
          peer.sendUrgentData('U');
        }
      }
      peer.shutdownOutput();
      assertEquals(count, reader.result());
    }
  }

  private static Socket connect(Listener listener) throws IOException {
    String address = listener.addr().toString();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static String readSix(Conn conn, int bufferBytes) throws IOException {
    byte[] buf = new byte[bufferBytes];
    StringBuilder got = new StringBuilder();
    while (got.length() < 6) {
      int n = conn.read(buf);
      if (n < 0) {
        return got + " and the end";
      }
      got.append(new String(buf, 0, n, US_ASCII));
    }
    return got.toString();
  }
}
