package gonet.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a writer puts on the wire, and what it refuses. */
class FrameWriterTest {
  private final ScriptedConn conn = new ScriptedConn(List.of());

  @Test
  void framesGetTheirPrefixOrTheirEnd() throws IOException {
    LengthPrefixed two = LengthPrefixed.ofBytes(2, 1000);
    assertEquals("\"ab\\x0a\"", wire(Lines.upTo(10), 2));
    assertEquals("\"ab\\x0d\\x0a\"", wire(Lines.upTo(10).withCrlf(true), 2));
    assertEquals("\"ab;;\"", wire(Delimited.by(";;".getBytes(US_ASCII), 10), 2));
    assertEquals("\"ab\"", wire(FixedLength.of(2), 2));
    assertEquals("\"\\x02ab\"", wire(LengthPrefixed.ofBytes(1, 10), 2));
    assertEquals("\"\\x00\\x02ab\"", wire(two, 2));
    assertEquals("\"\\x02\\x00ab\"", wire(two.withOrder(ByteOrder.LITTLE_ENDIAN), 2));
    assertEquals("\"\\x00\\x00\\x00\\x02ab\"", wire(LengthPrefixed.ofBytes(4, 10), 2));
    assertEquals(
        "\"\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00ab\"",
        wire(LengthPrefixed.ofBytes(8, 10).withOrder(ByteOrder.LITTLE_ENDIAN), 2));
    assertEquals("\"\\x00\"", wire(LengthPrefixed.varint(10), 0));
    assertEquals("\"\\x7f", wire(LengthPrefixed.varint(1000), 127).substring(0, 5));
    assertEquals("\"\\x80\\x01a", wire(LengthPrefixed.varint(1000), 128).substring(0, 10));
    assertEquals("\"\\xac\\x02a", wire(LengthPrefixed.varint(1000), 300).substring(0, 10));
  }

  private static String wire(Framing framing, int size) throws IOException {
    ScriptedConn conn = new ScriptedConn(List.of());
    framing.writer(conn).write("abcd".repeat(100).substring(0, size), US_ASCII);
    return Outcomes.quote(conn.written());
  }

  @Test
  @Proves("jvm-frame-length")
  void whatIsWrittenIsReadBackWhateverItsSize() throws IOException {
    int max = 2_200_000;
    List<Framing> framings =
        List.of(
            LengthPrefixed.ofBytes(4, max),
            LengthPrefixed.ofBytes(4, max).withOrder(ByteOrder.LITTLE_ENDIAN),
            LengthPrefixed.ofBytes(8, max),
            LengthPrefixed.ofBytes(8, max).withOrder(ByteOrder.LITTLE_ENDIAN),
            LengthPrefixed.varint(max));
    int[] sizes = {0, 1, 127, 128, 255, 256, 8188, 8192, 16383, 16384, 65535, 2_097_151, 2_097_152};
    Random random = new Random(3);
    for (Framing framing : framings) {
      ScriptedConn wire = new ScriptedConn(List.of());
      FrameReader reader = framing.reader(wire);
      FrameWriter writer = framing.writer(wire);
      int from = 0;
      for (int size : sizes) {
        byte[] frame = new byte[size];
        random.nextBytes(frame);
        writer.write(frame);
        byte[] all = wire.written();
        wire.add(Arrays.copyOfRange(all, from, all.length));
        from = all.length;
        assertArrayEquals(frame, reader.read(), framing + " " + size);
      }
    }
  }

  @Test
  void aFrameAboveTheLimitIsRefusedAndNothingOfItSent() {
    FrameTooLongException e =
        assertThrows(
            FrameTooLongException.class,
            () -> LengthPrefixed.ofBytes(1, 10).writer(conn).write(new byte[11]));
    assertEquals(10, e.maxBytes());
    assertEquals(11, e.announcedBytes());
    assertEquals(0, conn.written().length);
  }

  @Test
  @Proves("C7")
  void aFrameThatNoReaderCouldGetBackIsRefused() throws IOException {
    refused(Lines.upTo(10), "a\nb");
    refused(Lines.upTo(10), "a\r");
    refused(Lines.upTo(10), "a\rb");
    refused(Delimited.by(new byte[] {0}, 10), "a\0");
    refused(delimited("\r\n"), "a\r\nb");
    refused(delimited("aa"), "xa");
    refused(delimited("abab"), "xab");
    refused(FixedLength.of(3), "ab");
    delimited("\r\n").writer(conn).write("\ra\n\r", US_ASCII);
    delimited("aab").writer(conn).write("xa", US_ASCII);
    assertEquals("\"\\x0da\\x0a\\x0d\\x0d\\x0axaaab\"", Outcomes.quote(conn.written()));
  }

  private void refused(Framing framing, String frame) {
    FrameWriter writer = framing.writer(conn);
    assertThrows(MalformedFrameException.class, () -> writer.write(frame, US_ASCII), frame);
    assertEquals(0, conn.written().length);
  }

  private static Delimited delimited(String delimiter) {
    return Delimited.by(delimiter.getBytes(US_ASCII), 10);
  }

  @Test
  void severalFramesLeaveTogetherOrNotAtAll() throws IOException {
    FrameWriter writer = Lines.upTo(3).writer(conn);
    assertThrows(
        FrameTooLongException.class, () -> writer.writeAll(List.of(buffer("ab"), buffer("long"))));
    assertEquals(0, conn.written().length);
    ByteBuffer ab = buffer("ab");
    writer.writeAll(List.of(ab, buffer(""), buffer("cde")));
    assertEquals("ab\n\ncde\n", new String(conn.written(), US_ASCII));
    assertEquals(2, ab.remaining());
    writer.writeAll(List.of());
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  @Test
  void aFrameThatWasCutOffIsFinishedBeforeAnyOther() throws IOException {
    FrameWriter writer = LengthPrefixed.ofBytes(4, 100).writer(conn);
    byte[] frame = "abcdef".getBytes(US_ASCII);
    conn.cutOffAfter(6);
    assertThrows(SocketTimeoutException.class, () -> writer.write(frame));
    frame[5] = 'X'; // the rest is the writer's own
    assertEquals(4, writer.owedBytes());
    UnfinishedFrameException e =
        assertThrows(UnfinishedFrameException.class, () -> writer.write(frame));
    assertEquals(4, e.owedBytes());
    conn.cutOffAfter(1);
    assertThrows(SocketTimeoutException.class, writer::resume);
    assertEquals(3, writer.owedBytes());
    writer.resume();
    assertEquals(0, writer.owedBytes());
    writer.write("g", US_ASCII);
    writer.resume();
    assertEquals(
        "\"\\x00\\x00\\x00\\x06abcdef\\x00\\x00\\x00\\x01g\"", Outcomes.quote(conn.written()));
  }

  @Test
  void aResumeThatOwesNothingDoesNotTouchTheConnection() throws IOException {
    FrameWriter writer = Lines.upTo(100).writer(conn);
    conn.cutOffAfter(1);
    assertThrows(SocketTimeoutException.class, () -> writer.write("ab", US_ASCII));
    writer.resume();
    conn.close(); // from here on every write fails
    writer.resume();
    assertEquals("ab\n", new String(conn.written(), US_ASCII));
  }

  @Test
  void aFrameThatHadNotBegunMayBeWrittenAgain() throws IOException {
    FrameWriter writer = Lines.upTo(100).writer(conn);
    conn.cutOffAfter(0);
    assertThrows(SocketTimeoutException.class, () -> writer.write("ab", US_ASCII));
    assertEquals(0, writer.owedBytes());
    writer.write("ab", US_ASCII);
    assertEquals("ab\n", new String(conn.written(), US_ASCII));
  }

  @Test
  void onAClosedConnectionTheCloseIsTheNewsNotTheFrameThatWasCutOff() {
    FrameWriter writer = Lines.upTo(100).writer(conn);
    conn.cutOffAfter(1);
    assertThrows(SocketTimeoutException.class, () -> writer.write("ab", US_ASCII));
    conn.close();
    IOException e = assertThrows(IOException.class, () -> writer.write("cd", US_ASCII));
    assertTrue(e.getMessage().contains("closed"), e.toString());
  }
}
