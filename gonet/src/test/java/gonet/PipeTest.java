package gonet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes and buffers over a {@link Pipe}. */
@Timeout(180)
@Proves("pipe")
class PipeTest {
  private final Pipe pipe = Pipe.create();
  private final Conn a = pipe.first();
  private final Conn b = pipe.second();

  @AfterEach
  void close() {
    pipe.close();
  }

  @Test
  void bytesCrossInBothDirections() throws Exception {
    var there = Background.run(() -> a.write(bytes("there")));
    assertEquals("there", text(b, 16));
    there.get();
    var back = Background.run(() -> b.write(bytes("back")));
    assertEquals("back", text(a, 16));
    back.get();
  }

  @Test
  @Proves("pipe-rendezvous")
  void oneWriteFeedsSeveralReads() throws Exception {
    var write = Background.run(() -> a.write(bytes("abcdefg")));
    assertEquals("abc", text(b, 3));
    assertEquals("def", text(b, 3));
    assertEquals("g", text(b, 3));
    write.get();
  }

  @Test
  @Proves("pipe-rendezvous")
  void aWriteWaitsUntilItsLastByteIsRead() throws Exception {
    var write = Background.parked(() -> a.write(bytes("ab")));
    assertEquals("a", text(b, 1));
    write.awaitParked();
    assertFalse(write.isDone());
    assertEquals("b", text(b, 1));
    write.get();
  }

  @Test
  void readersThatCameFirstAreServed() throws Exception {
    var one = Background.call(() -> text(b, 1)).awaitParked();
    var two = Background.call(() -> text(b, 1)).awaitParked();
    a.write(bytes("xy"));
    assertEquals(List.of("x", "y"), List.of(one.get(), two.get()).stream().sorted().toList());
  }

  @Test
  void readsAndWritesTakeOnlyTheirRangeOfTheArray() throws Exception {
    var write = Background.run(() -> a.write(bytes("--abc--"), 2, 3));
    byte[] buf = bytes(".......");
    assertEquals(3, b.read(buf, 1, 5));
    assertEquals(".abc...", new String(buf, US_ASCII));
    write.get();
  }

  @Test
  void aRangeOutsideOfTheArrayIsRefused() {
    byte[] buf = new byte[4];
    assertThrows(IndexOutOfBoundsException.class, () -> a.read(buf, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> a.read(buf, -1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> a.write(buf, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> a.write(buf, 0, -1));
  }

  @Test
  void nothingIsReadOrWrittenAtOnce() throws IOException {
    assertEquals(0, a.read(new byte[0]));
    assertEquals(0, a.read(ByteBuffer.allocate(0)));
    a.write(new byte[0]);
    a.write(ByteBuffer.allocate(0));
    a.write(ByteBuffer.allocate(0), ByteBuffer.allocate(0));
  }

  @Test
  @Proves("pipe-whole")
  void writesOfSeveralThreadsAreNeverMixed() throws Exception {
    int writers = 8;
    int writes = 50;
    List<Background<Void>> all = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      byte[] message = new byte[100];
      Arrays.fill(message, (byte) w);
      all.add(
          Background.run(
              () -> {
                for (int i = 0; i < writes; i++) {
                  a.write(message);
                }
              }));
    }
    int[] seen = new int[writers];
    byte[] message = new byte[100];
    for (int i = 0; i < writers * writes; i++) {
      for (int off = 0; off < message.length; ) {
        off += b.read(message, off, Math.min(7, message.length - off));
      }
      byte[] same = new byte[100];
      Arrays.fill(same, message[0]);
      assertArrayEquals(same, message);
      seen[message[0]]++;
    }
    for (Background<Void> writer : all) {
      writer.get();
    }
    for (int count : seen) {
      assertEquals(writes, count);
    }
  }

  @Test
  void aMebibyteArrivesAsItWasSent() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(1).nextBytes(sent);
    var write =
        Background.run(
            () -> {
              for (int off = 0; off < sent.length; off += 1000) {
                a.write(sent, off, Math.min(1000, sent.length - off));
              }
              a.close();
            });
    assertArrayEquals(sent, b.readAll());
    write.get();
  }

  @Test
  void bothEndsCountUpTogether() throws Exception {
    var counter = Background.run(() -> count(b));
    a.write(new byte[] {0, 0});
    count(a);
    counter.get();
    assertTrue(b.isClosed(), "1000 was not reached");
  }

  @Test
  void directAndHeapBuffersMoveTheirPositions() throws Exception {
    ByteBuffer src = ByteBuffer.allocateDirect(8).put(bytes("xxabcdyy")).position(2).limit(6);
    var write = Background.run(() -> a.write(src));
    ByteBuffer dst = ByteBuffer.allocateDirect(8).position(1).limit(4);
    assertEquals(3, b.read(dst));
    assertEquals(4, dst.position());
    ByteBuffer rest = ByteBuffer.allocate(8);
    assertEquals(1, b.read(rest));
    write.get();
    assertEquals(6, src.position());
    assertEquals('a', dst.get(1));
    assertEquals('d', rest.get(0));
  }

  @Test
  void aReadOnlyBufferCanBeWrittenButNotReadInto() throws Exception {
    ByteBuffer readOnly = ByteBuffer.wrap(bytes("ro")).asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> b.read(readOnly));
    var write = Background.run(() -> a.write(readOnly));
    assertEquals("ro", text(b, 8));
    write.get();
  }

  @Test
  void aGatheringWriteIsOneWrite() throws Exception {
    ByteBuffer[] srcs = {
      ByteBuffer.wrap(bytes("ab")), ByteBuffer.allocate(0), ByteBuffer.wrap(bytes("cde"))
    };
    var write = Background.parked(() -> a.write(srcs));
    var other = Background.parked(() -> a.write(bytes("!")));
    assertEquals("abc", text(b, 3));
    assertEquals("de", text(b, 3));
    assertEquals("!", text(b, 3));
    write.get();
    other.get();
    for (ByteBuffer src : srcs) {
      assertEquals(0, src.remaining());
    }
  }

  @Test
  void awaitReadableTakesNothing() throws Exception {
    var waiting = Background.parked(b::awaitReadable);
    var write = Background.run(() -> a.write(bytes("x")));
    waiting.get();
    b.awaitReadable();
    assertFalse(write.isDone());
    assertEquals("x", text(b, 8));
    write.get();
  }

  @Test
  void awaitReadableReturnsAtTheEndOfTheStream() throws Exception {
    var waiting = Background.parked(b::awaitReadable);
    a.close();
    waiting.get();
    b.awaitReadable();
  }

  @Test
  @Proves("pipe-addr")
  void theAddressesSayPipe() {
    assertEquals("pipe", a.localAddr().network());
    assertEquals("pipe", a.localAddr().toString());
    assertEquals("pipe", b.remoteAddr().toString());
    pipe.close();
    assertEquals("pipe", a.remoteAddr().toString());
  }

  @Test
  void closingThePipeClosesBothEnds() {
    pipe.close();
    assertTrue(a.isClosed());
    assertTrue(b.isClosed());
  }

  static byte[] bytes(String s) {
    return s.getBytes(US_ASCII);
  }

  /** What one read gives. */
  static String text(Conn conn, int max) throws IOException {
    byte[] buf = new byte[max];
    int n = conn.read(buf);
    return n < 0 ? "end" : new String(buf, 0, n, US_ASCII);
  }

  /** Answers each number with the next one; closes at 1000, returns when the other side has. */
  private static void count(Conn conn) throws IOException {
    byte[] buf = new byte[2];
    for (int last = -1; conn.read(buf, 0, 1) > 0; ) {
      conn.readFully(buf, 1, 1);
      int number = ByteBuffer.wrap(buf).getShort();
      assertTrue(last < 0 || number == last + 2, last + " then " + number);
      last = number;
      if (number == 1000) {
        conn.close();
        return;
      }
      conn.write(ByteBuffer.allocate(2).putShort(0, (short) (number + 1)));
    }
  }
}
