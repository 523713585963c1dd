package gonet.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reader promises beyond the corpus; waits and interrupts are in {@link FrameWaitTest}. */
class FrameReaderTest {

  // ---- four defects that a routine for reading lines is known for
  // --------------------------------

  @Test
  @Proves("C8′")
  void theRestOfAPacketBehindALineIsTheNextLine() throws IOException {
    ScriptedConn conn = conn("one\ntwo\r\nthr", "ee\n");
    FrameReader reader = Lines.upTo(100).reader(conn);
    assertEquals("one", reader.readString(US_ASCII));
    assertEquals("two", reader.readString(US_ASCII));
    assertEquals(1, conn.reads());
    assertEquals("three", reader.readString(US_ASCII));
    assertNull(reader.readString(US_ASCII));
    assertNull(reader.readString(US_ASCII));
  }

  @Test
  @Proves("C8′")
  void readersOfSeveralConnectionsDoNotMix() throws IOException {
    FrameReader a = Lines.upTo(100).reader(conn("a1\na2\na", "3\n"));
    FrameReader b = Lines.upTo(100).reader(conn("b", "1\nb2\nb3\n"));
    for (int i = 1; i <= 3; i++) {
      assertEquals("a" + i, a.readString(US_ASCII));
      assertEquals("b" + i, b.readString(US_ASCII));
    }
  }

  @Test
  @Proves("C8′")
  void bytesBeforeTheEndWithoutALineEndAreReportedAndNotLost() throws IOException {
    FrameReader reader = Lines.upTo(100).reader(conn("whole\npar", "t"));
    assertEquals("whole", reader.readString(US_ASCII));
    for (int i = 0; i < 2; i++) {
      TruncatedFrameException e = assertThrows(TruncatedFrameException.class, reader::read);
      assertEquals(4, e.gotBytes());
      assertEquals(-1, e.expectedBytes());
    }
    byte[] rest = new byte[10];
    assertEquals(4, reader.readRaw(rest, 0, 10));
    assertEquals("part", new String(rest, 0, 4, US_ASCII));
    assertNull(reader.read());

    FrameReader open = Lines.upTo(100).withOpenEnd(true).reader(conn("whole\npar", "t"));
    assertEquals("whole", open.readString(US_ASCII));
    assertEquals("part", open.readString(US_ASCII));
    assertNull(open.readString(US_ASCII));
  }

  /** What was searched in vain is gone with the bytes that were taken raw. */
  @Test
  void aFrameBehindRawBytesIsFoundFromItsBeginning() throws IOException {
    FrameReader reader = Lines.upTo(3).reader(conn("too long\na\nb\n"));
    assertThrows(FrameTooLongException.class, reader::read);
    assertEquals(9, reader.readRaw(new byte[9], 0, 9));
    assertEquals("a", reader.readString(US_ASCII));
    assertEquals("b", reader.readString(US_ASCII));
  }

  @Test
  @Proves("C8′")
  void afterALineThatIsTooLongTheNextOneCanBeRead() throws IOException {
    FrameReader reader = Lines.upTo(3).reader(conn("abcd", "efgh\nij\n"), TooLong.SKIP);
    FrameTooLongException e = assertThrows(FrameTooLongException.class, reader::read);
    assertEquals(3, e.maxBytes());
    assertEquals(-1, e.announcedBytes());
    assertEquals("ij", reader.readString(US_ASCII));
    assertFalse(reader.conn().isClosed());
  }

  // ---- above the limit
  // ---------------------------------------------------------------------------

  @Test
  void byDefaultTheReaderStaysBeforeAFrameThatIsTooLong() throws IOException {
    FrameReader reader = Lines.upTo(3).reader(conn("ab\nabcde\nij\n"));
    assertEquals("ab", reader.readString(US_ASCII));
    for (int i = 0; i < 3; i++) {
      assertThrows(FrameTooLongException.class, reader::read);
    }
    assertFalse(reader.conn().isClosed());
    byte[] raw = new byte[5];
    assertEquals(5, reader.readRaw(raw, 0, 5));
    assertEquals("abcde", new String(raw, US_ASCII));
  }

  @Test
  void aFrameThatIsTooLongClosesTheConnectionWhereThatIsAskedFor() {
    FrameReader reader = Lines.upTo(3).reader(conn("abcde\nij\n"), TooLong.CLOSE);
    assertThrows(FrameTooLongException.class, reader::read);
    assertTrue(reader.conn().isClosed());
    assertThrows(FrameTooLongException.class, reader::read);
  }

  @Test
  void aMalformedPrefixClosesTheConnectionWhereThatIsAskedFor() {
    FrameReader reader = LengthPrefixed.varint(3).reader(conn("\u00ff".repeat(10)), TooLong.CLOSE);
    assertThrows(MalformedFrameException.class, reader::read);
    assertTrue(reader.conn().isClosed());
  }

  @Test
  void theMessageNamesTheSizeTheLimitAndBothEnds() {
    FrameReader reader = LengthPrefixed.ofBytes(4, 1000).reader(conn("\u0000\u0001\u0000\u0000"));
    FrameException e = assertThrows(FrameTooLongException.class, reader::read);
    assertEquals(
        "read script script->script: frame of 65536 bytes is above the limit of 1000",
        e.getMessage());
    FrameReader cut = LengthPrefixed.ofBytes(4, 1000).reader(conn("\u0000\u0000\u0000\u0009abc"));
    Exception t = assertThrows(TruncatedFrameException.class, cut::read);
    assertEquals(
        "read script script->script: end of stream in a frame, after 7 of 13 bytes",
        t.getMessage());
  }

  // ---- the reader's other methods
  // ----------------------------------------------------------------

  @Test
  void framingsCanChangeFromFrameToFrame() throws IOException {
    FrameReader reader = Lines.upTo(100).reader(conn("5\r\nhel", "lo\r\nnext\n\u0002ab"));
    assertEquals("5", reader.readString(US_ASCII));
    reader.switchTo(FixedLength.of(5));
    assertEquals("hello", reader.readString(US_ASCII));
    reader.switchTo(Lines.upTo(100));
    assertEquals("", reader.readString(US_ASCII));
    assertEquals("next", reader.readString(US_ASCII));
    reader.switchTo(LengthPrefixed.ofBytes(1, 10));
    assertEquals("ab", reader.readString(US_ASCII));
    assertNull(reader.read());
  }

  @Test
  void aSwitchInTheMiddleOfASearchForgetsWhereItWas() throws IOException {
    ScriptedConn conn = new ScriptedConn(List.of(bytes("a;b"), ScriptedConn.TIMEOUT, bytes("\n")));
    FrameReader reader = Lines.upTo(100).reader(conn);
    assertThrows(IOException.class, reader::read);
    reader.switchTo(Delimited.by(bytes(";"), 100));
    assertEquals("a", reader.readString(US_ASCII));
    reader.switchTo(Lines.upTo(100));
    assertEquals("b", reader.readString(US_ASCII));
  }

  @Test
  void rawBytesTakenInTheMiddleOfASearchMoveItsBeginning() throws IOException {
    ScriptedConn conn =
        new ScriptedConn(List.of(bytes("abcdef"), ScriptedConn.TIMEOUT, bytes("\ng\n")));
    FrameReader reader = Lines.upTo(100).reader(conn);
    assertThrows(IOException.class, reader::read);
    assertEquals(5, reader.readRaw(new byte[5], 0, 5));
    assertEquals("f", reader.readString(US_ASCII));
    assertEquals("g", reader.readString(US_ASCII));
  }

  @Test
  void aSkipIsFinishedByItsOwnFraming() throws IOException {
    FrameReader reader = Lines.upTo(2).reader(conn("abc", "d;\nef;"), TooLong.SKIP);
    assertThrows(FrameTooLongException.class, reader::read);
    reader.switchTo(Delimited.by(bytes(";"), 100));
    assertEquals("ef", reader.readString(US_ASCII));
  }

  @Test
  void rawBytesBeginWhereTheNextFrameWouldAndGoOnWithTheConnection() throws IOException {
    FrameReader reader = Lines.upTo(100).reader(conn("line\nraw", "more"));
    assertEquals("line", reader.readString(US_ASCII));
    assertEquals(3, reader.bufferedBytes());
    byte[] buf = new byte[20];
    assertEquals(0, reader.readRaw(buf, 0, 0));
    assertEquals(2, reader.readRaw(buf, 0, 2));
    assertEquals(1, reader.readRaw(buf, 2, 18));
    assertEquals(4, reader.readRaw(buf, 3, 17));
    assertEquals("rawmore", new String(buf, 0, 7, US_ASCII));
    assertEquals(-1, reader.readRaw(buf, 0, 20));
    assertThrows(IndexOutOfBoundsException.class, () -> reader.readRaw(buf, 10, 11));
  }

  @Test
  void rawBytesComeBehindASkippedFrame() throws IOException {
    FrameReader reader = Lines.upTo(2).reader(conn("abc", "d\nef"), TooLong.SKIP);
    assertThrows(FrameTooLongException.class, reader::read);
    byte[] buf = new byte[20];
    assertEquals(2, reader.readRaw(buf, 0, 20));
    assertEquals("ef", new String(buf, 0, 2, US_ASCII));
  }

  @Test
  void aViewIsTheFrameAndReadOnly() throws IOException {
    FrameReader reader = LengthPrefixed.ofBytes(1, 10).reader(conn("\u0002ab\u0003cde"));
    ByteBuffer view = reader.readView();
    assertEquals(ByteBuffer.wrap(bytes("ab")), view);
    assertTrue(view.isReadOnly());
    assertEquals(2, view.capacity());
    assertEquals(ByteBuffer.wrap(bytes("cde")), reader.readView());
    assertNull(reader.readView());
  }

  @Test
  void textIsDecodedWholeWhereverItWasCut() throws IOException {
    byte[] text = "grüße\n".getBytes(UTF_8);
    ScriptedConn conn =
        new ScriptedConn(List.of(Arrays.copyOf(text, 3), Arrays.copyOfRange(text, 3, text.length)));
    assertEquals("grüße", Lines.upTo(100).reader(conn).readString(UTF_8));
  }

  @Test
  void aThousandSmallFramesCostOneReadOfTheConnection() throws IOException {
    ScriptedConn conn = conn("\u0002ab".repeat(1000));
    FrameReader reader = LengthPrefixed.ofBytes(1, 10).reader(conn);
    for (int i = 0; i < 1000; i++) {
      assertArrayEquals(bytes("ab"), reader.read());
    }
    assertEquals(1, conn.reads());
  }

  @Test
  void awaitReadableDoesNotWaitWhileBytesAreHere() throws IOException {
    FrameReader reader = Lines.upTo(100).reader(conn("a\nb\n", "c\n"));
    reader.awaitReadable();
    assertEquals("a", reader.readString(US_ASCII));
    reader.awaitReadable();
    assertEquals("b", reader.readString(US_ASCII));
    reader.awaitReadable();
    assertEquals("c", reader.readString(US_ASCII));
  }

  private static ScriptedConn conn(String... pieces) {
    return new ScriptedConn(Stream.of(pieces).map(FrameReaderTest::bytes).toList());
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }
}
