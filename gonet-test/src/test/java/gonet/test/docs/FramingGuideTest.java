package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gonet.Conn;
import gonet.Net;
import gonet.Pipe;
import gonet.frame.FixedLength;
import gonet.frame.FrameReader;
import gonet.frame.FrameTooLongException;
import gonet.frame.FrameWriter;
import gonet.frame.LengthPrefixed;
import gonet.frame.Lines;
import gonet.frame.TooLong;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on framing; the last test holds that it shows them as they are. */
@Timeout(180)
class FramingGuideTest {
  private static final Lines LINES = Lines.upTo(1000).withCrlf(true);
  private static final LengthPrefixed MESSAGES = LengthPrefixed.ofBytes(4, 1 << 20);

  private final Pipe pipe = Net.pipe();
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void close() throws Exception {
    pipe.close();
    crew.end();
  }

  // example
  /** Answers each line with the number of its characters. */
  static void count(Conn conn) throws IOException {
    FrameReader in = Lines.upTo(1000).reader(conn, TooLong.SKIP);
    FrameWriter out = Lines.upTo(1000).withCrlf(true).writer(conn);
    while (true) {
      conn.setReadDeadline(Instant.now().plusSeconds(30)); // for the whole line
      try {
        String line = in.readString(UTF_8);
        if (line == null) {
          return; // the end of the stream, between two lines
        }
        out.write(String.valueOf(line.length()), UTF_8);
      } catch (FrameTooLongException e) {
        out.write("at most " + e.maxBytes() + " bytes, please", UTF_8);
      }
    }
  }

  // end of example

  // example
  /** Reads {@code LENGTH CR LF}, then as many bytes. */
  static byte[] readCounted(FrameReader in, int maxBytes) throws IOException {
    in.switchTo(Lines.upTo(20));
    String length = in.readString(UTF_8);
    if (length == null || !length.matches("[1-9][0-9]{0,8}")) {
      throw new IOException("no length: " + length);
    }
    int bytes = Integer.parseInt(length);
    if (bytes > maxBytes) {
      throw new IOException(bytes + " bytes, above the limit of " + maxBytes);
    }
    in.switchTo(FixedLength.of(bytes));
    return in.read();
  }

  // end of example

  // example
  /** Writes a frame, however slow the other side is, and tells about each pause. */
  static void writePatiently(FrameWriter out, byte[] frame, Runnable onPause) throws IOException {
    boolean done = false;
    while (!done) {
      try {
        if (out.owedBytes() > 0) {
          out.resume();
        } else {
          out.write(frame);
        }
        done = true;
      } catch (SocketTimeoutException e) {
        onPause.run();
      }
    }
  }

  // end of example

  @Test
  void eachLineIsAnsweredAndOneThatIsTooLongAsWell() throws Exception {
    Job<Void> server = crew.start("server", () -> count(pipe.first()));
    FrameReader in = LINES.reader(pipe.second());
    FrameWriter out = LINES.writer(pipe.second());
    out.write("grüße", UTF_8);
    assertEquals("5", in.readString(UTF_8));
    crew.start("client", () -> pipe.second().write(("x".repeat(1001) + "\nb\n").getBytes(UTF_8)));
    assertEquals("at most 1000 bytes, please", in.readString(UTF_8));
    assertEquals("1", in.readString(UTF_8));
    pipe.second().closeWrite();
    server.result();
  }

  @Test
  void aBodyBehindALineWithItsLengthIsRead() throws Exception {
    crew.start("client", () -> pipe.second().write("5\r\nhello2\r\nab".getBytes(UTF_8)));
    FrameReader in = LINES.reader(pipe.first());
    assertEquals("hello", new String(readCounted(in, 100), UTF_8));
    assertEquals("ab", new String(readCounted(in, 100), UTF_8));
  }

  @Test
  void theEndBetweenTwoFramesIsNull() throws Exception {
    FrameReader in = MESSAGES.reader(pipe.first());
    crew.start(
        "client",
        () -> {
          MESSAGES.writer(pipe.second()).write(new byte[3]);
          pipe.second().closeWrite();
        });
    assertEquals(3, in.read().length);
    assertNull(in.read());
  }

  @Test
  void aFrameThatIsCutOffAgainAndAgainArrivesOnce() throws Exception {
    pipe.first().setWriteTimeout(Duration.ofMillis(1));
    AtomicInteger pauses = new AtomicInteger();
    Job<byte[]> peer =
        crew.compute(
            "peer",
            () -> {
              byte[] wire = new byte[7];
              for (int i = 0; i < wire.length; i++) {
                int before = pauses.get();
                Awaitility.await().until(() -> pauses.get() > before);
                pipe.second().readFully(wire, i, 1);
              }
              return wire;
            });
    byte[] frame = {1, 2, 3};
    writePatiently(MESSAGES.writer(pipe.first()), frame, pauses::incrementAndGet);
    assertArrayEquals(new byte[] {0, 0, 0, 3, 1, 2, 3}, peer.result());
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(FramingGuideTest.class, 3);
  }
}
