package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

/** What the ends of a connection do to each other in most cases. */
final class Traffic {
  static final int CHUNK_BYTES = 1024;

  /** As past as a deadline can be without meaning anything else. */
  static final Instant LONG_AGO = Instant.ofEpochSecond(1);

  private Traffic() {}

  /** The same bytes for the same seed. */
  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Writes all of {@code data} in chunks. */
  static void send(Conn to, byte[] data) throws IOException {
    InputStream in = new ByteArrayInputStream(data);
    byte[] buf = new byte[CHUNK_BYTES];
    for (int n; (n = in.read(buf)) >= 0; ) {
      to.write(buf, 0, n);
    }
  }

  /** Writes for ever, until that fails. No byte is 0xff. */
  static void flood(Conn to) throws IOException {
    byte[] buf = new byte[CHUNK_BYTES];
    for (; ; ) {
      to.write(buf);
    }
  }

  /** Reads and drops everything, to the end of the stream. */
  static void drain(Conn from) throws IOException {
    byte[] buf = new byte[CHUNK_BYTES];
    while (from.read(buf) >= 0) {
      // dropped
    }
  }

  /** Sends back what comes, to the end of the stream. */
  static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[CHUNK_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  /** Takes the deadlines off, sends a greeting to an echoing peer and wants it back. */
  static void roundTrip(Conn conn) throws IOException {
    conn.setDeadline(null);
    byte[] greeting = "Hello, world!".getBytes(StandardCharsets.US_ASCII);
    byte[] back = new byte[greeting.length];
    conn.write(greeting);
    conn.readFully(back);
    assertArrayEquals(greeting, back);
  }

  /**
   * Takes the deadlines off and reads what an echoing peer still has to give, up to a mark. Nothing
   * sent before may contain the mark, 0xff.
   */
  static void resync(Conn conn, Crew crew) throws Exception {
    conn.setDeadline(null);
    Job<Void> mark = crew.start("mark", () -> conn.write(new byte[] {(byte) 0xff}));
    byte[] buf = new byte[CHUNK_BYTES];
    for (boolean found = false; !found; ) {
      int n = conn.read(buf);
      assertTrue(n > 0, "the stream ended before the mark");
      for (int i = 0; i < n; i++) {
        boolean isMark = buf[i] == (byte) 0xff;
        assertTrue(!isMark || i == n - 1, "bytes behind the mark");
        found |= isMark;
      }
    }
    mark.result();
  }
}
