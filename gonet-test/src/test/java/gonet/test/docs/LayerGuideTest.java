package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TimeLimit;
import gonet.live.MinRate;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.wire.WireLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on layers and limits of calls. */
@Timeout(180)
class LayerGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Asks, and takes no more than {@code time} for the question and the whole answer. */
  static byte[] ask(Conn conn, byte[] question, int answerBytes, Duration time) throws IOException {
    Conn bounded = conn.within(TimeLimit.after(time));
    bounded.write(question);
    byte[] answer = new byte[answerBytes];
    bounded.readFully(answer);
    return answer;
  }

  // end of example

  @Test
  void aLimitBoundsTheExchangeAndLeavesTheConnectionAlone() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      NetTimeoutException e =
          assertThrows(
              NetTimeoutException.class, () -> ask(client, new byte[2], 2, Duration.ofMillis(100)));
      assertEquals(true, e.limit() != null);
      crew.start(
          "answer",
          () -> {
            server.readFully(new byte[4]); // of both questions
            server.write(new byte[] {3, 4});
          });
      assertArrayEquals(new byte[] {3, 4}, ask(client, new byte[2], 2, Duration.ofSeconds(20)));
    }
  }

  // example
  /** A layer of one's own: counts what arrives. */
  static final class CountingConn extends ForwardingConn {
    private final AtomicLong bytes;

    CountingConn(Conn conn, AtomicLong bytes) {
      super(conn);
      this.bytes = bytes;
    }

    @Override
    public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
      int n = super.read(buf, off, len, limit);
      bytes.addAndGet(Math.max(n, 0));
      return n;
    }

    @Override
    public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
      int n = super.read(dst, limit);
      bytes.addAndGet(Math.max(n, 0));
      return n;
    }
  }

  // end of example

  // example
  /** An echo whose clients have to be quick enough, and whose bytes are counted and shown. */
  static Server watched(String address, AtomicLong bytes) throws IOException {
    return Server.builder()
        .listenOn(
            "tcp",
            address,
            MinRate.of(1000, Duration.ofSeconds(5)),
            conn -> new CountingConn(conn, bytes),
            WireLog.hexDump(System.out::println, 64))
        .handler(
            conn -> {
              TcpConn socket = conn.find(TcpConn.class); // beneath the layers, with its options
              if (socket != null) {
                socket.setNoDelay(false);
              }
              conn.inputStream().transferTo(conn.outputStream());
            })
        .start();
  }

  // end of example

  @Test
  void layersStandOverEachConnectionOfAServer() throws Exception {
    AtomicLong bytes = new AtomicLong();
    try (Server server = watched("127.0.0.1:0", bytes);
        Conn conn = Net.dial("tcp", server.addr().toString())) {
      conn.write("hello".getBytes(UTF_8));
      byte[] answer = new byte[5];
      conn.readFully(answer);
      assertEquals("hello", new String(answer, UTF_8));
      assertEquals(5, bytes.get());
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(LayerGuideTest.class, 3);
  }
}
