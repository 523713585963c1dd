package gonet;

import static gonet.PipeTest.bytes;
import static gonet.PipeTest.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams and channels over any {@link Conn}; a pipe stands for all of them. */
@Timeout(180)
@Proves("jvm-streams")
class ConnViewsTest {
  private final Pipe pipe = Pipe.create();
  private final Conn a = pipe.first();
  private final Conn b = pipe.second();

  @AfterEach
  void close() {
    pipe.close();
  }

  @Test
  void aStreamReadsBytesAsUnsignedNumbersUntilTheEnd() throws Exception {
    var write =
        Background.run(
            () -> {
              a.write(new byte[] {0, 127, -1});
              a.closeWrite();
            });
    InputStream in = b.inputStream();
    assertEquals(0, in.read());
    assertEquals(127, in.read());
    assertEquals(255, in.read());
    assertEquals(-1, in.read());
    assertEquals(-1, in.read());
    assertEquals(-1, in.read(new byte[3]));
    assertEquals(0, in.read(new byte[0]));
    write.get();
  }

  @Test
  void aStreamReadsIntoPartOfAnArray() throws Exception {
    var write = Background.run(() -> a.write(bytes("abcd")));
    byte[] buf = bytes("......");
    assertEquals(3, b.inputStream().read(buf, 1, 3));
    assertEquals(".abc..", new String(buf, US_ASCII));
    assertEquals("d", text(b, 8));
    write.get();
  }

  @Test
  void aStreamHasNothingAvailableThatItKnowsOf() throws Exception {
    assertEquals(0, b.inputStream().available());
  }

  @Test
  void aStreamSkipsAndReadsTheRest() throws Exception {
    var write =
        Background.run(
            () -> {
              a.write(bytes("skip me, read me"));
              a.closeWrite();
            });
    InputStream in = b.inputStream();
    assertEquals(4, in.skip(4));
    in.skipNBytes(5);
    assertEquals("read me", new String(in.readAllBytes(), US_ASCII));
    assertEquals(0, in.skip(1));
    assertThrows(EOFException.class, () -> in.skipNBytes(1));
    write.get();
  }

  @Test
  @Proves("tcp-write-to")
  void aStreamTransfersToAnother() throws Exception {
    byte[] data = new byte[100_000];
    data[data.length - 1] = 42;
    var write =
        Background.run(
            () -> {
              new ByteArrayInputStream(data).transferTo(a.outputStream());
              a.closeWrite();
            });
    var sink = new ByteArrayOutputStream();
    assertEquals(data.length, b.inputStream().transferTo(sink));
    assertArrayEquals(data, sink.toByteArray());
    write.get();
  }

  @Test
  @Proves("jvm-frame-delimiter")
  void linesCanBeReadFromAStream() throws Exception {
    OutputStream out = a.outputStream();
    var write =
        Background.run(
            () -> {
              out.write('x');
              out.write(bytes("--y\n--"), 2, 2);
              out.write(bytes("second\n"));
              out.flush();
            });
    BufferedReader lines = new BufferedReader(new InputStreamReader(b.inputStream(), US_ASCII));
    assertEquals("xy", lines.readLine());
    assertEquals("second", lines.readLine());
    write.get();
  }

  @Test
  @Proves("node-decoding")
  void aCharacterThatReadsCutIsDecodedWhole() throws Exception {
    String text = "a\u00e9\u20ac\ud83d\ude00z"; // one to four bytes in UTF-8
    var write =
        Background.run(
            () -> {
              for (byte each : text.getBytes(UTF_8)) {
                a.write(new byte[] {each}); // waits until it is read, so each is a read's only one
              }
              a.closeWrite();
            });
    StringBuilder got = new StringBuilder();
    Reader reader = new InputStreamReader(b.inputStream(), UTF_8);
    for (int c; (c = reader.read()) >= 0; ) {
      got.append((char) c);
    }
    assertEquals(text, got.toString());
    write.get();
  }

  @Test
  void aStreamKeepsTheDeadlinesOfItsConnection() throws Exception {
    b.setDeadline(Instant.EPOCH);
    assertThrows(NetTimeoutException.class, () -> b.inputStream().read());
    assertThrows(NetTimeoutException.class, () -> b.outputStream().write(1));
  }

  @Test
  void closingAStreamClosesTheConnection() throws Exception {
    InputStream in = a.inputStream();
    in.close();
    in.close();
    assertTrue(a.isClosed());
    assertThrows(NetClosedException.class, in::read);
    b.outputStream().close();
    assertTrue(b.isClosed());
  }

  @Test
  void aChannelReadsAndWritesWhatBuffersHaveRemaining() throws Exception {
    ByteChannel out = a.channel();
    ByteBuffer src = ByteBuffer.wrap(bytes("xabcy")).position(1).limit(4);
    var write = Background.call(() -> out.write(src));
    ByteBuffer dst = ByteBuffer.allocate(8);
    assertEquals(3, b.channel().read(dst));
    assertEquals(3, dst.position());
    assertEquals(3, write.get());
    assertEquals(0, src.remaining());
  }

  @Test
  void aChannelReadsNothingIntoAFullBufferAndKnowsTheEnd() throws Exception {
    ByteChannel in = b.channel();
    assertEquals(0, in.read(ByteBuffer.allocate(0)));
    a.closeWrite();
    assertEquals(-1, in.read(ByteBuffer.allocate(1)));
  }

  @Test
  void aChannelGathersARangeOfBuffers() throws Exception {
    ConnChannel out = a.channel();
    ByteBuffer[] srcs = {
      ByteBuffer.wrap(bytes("no")), ByteBuffer.wrap(bytes("ye")), ByteBuffer.wrap(bytes("s"))
    };
    var range = Background.call(() -> out.write(srcs, 1, 2));
    assertEquals("yes", text(b, 8));
    assertEquals(3L, range.get());
    assertEquals(2, srcs[0].remaining());
    assertThrows(IndexOutOfBoundsException.class, () -> out.write(srcs, 2, 2));

    var all = Background.call(() -> out.write(srcs));
    assertEquals("no", text(b, 8));
    assertEquals(2L, all.get());
  }

  @Test
  void aChannelScattersWhatOneReadGives() throws Exception {
    ConnChannel in = b.channel();
    ByteBuffer[] dsts = {
      ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocateDirect(4), room("z.", 1)
    };
    dsts[0].position(1);
    var write = Background.run(() -> a.write(bytes("abcdefg")));
    assertEquals(7, in.read(dsts));
    write.get();
    assertEquals("ab", contents(dsts[0], 1));
    assertEquals("cdef", contents(dsts[2], 0));
    assertEquals("zg", contents(dsts[3], 0));
    assertEquals(0, in.read(dsts), "no room, so no wait");
  }

  @Test
  void aScatteringReadWaitsForNothingBehindTheFirstByte() throws Exception {
    ConnChannel in = b.channel();
    ByteBuffer[] dsts = {ByteBuffer.allocate(2), ByteBuffer.allocate(8)};
    var write = Background.run(() -> a.write(bytes("abc")));
    assertEquals(3, in.read(dsts, 0, 2));
    write.get();
    assertEquals("ab", contents(dsts[0], 0));
    assertEquals("c", contents(dsts[1], 0));

    write = Background.run(() -> a.write(bytes("de")));
    assertEquals(2, in.read(dsts, 1, 1));
    write.get();
    assertEquals("cde", contents(dsts[1], 0));

    a.closeWrite();
    assertEquals(-1, in.read(dsts));
    assertEquals(-1, in.read(dsts, 1, 1));
    assertEquals(0, in.read(dsts, 0, 1), "a full buffer");
    assertEquals(0, in.read(new ByteBuffer[0]));
  }

  @Test
  void aScatteringReadTakesNoMoreThanItHasRoomFor() throws Exception {
    ConnChannel in = b.channel();
    ByteBuffer twice = ByteBuffer.allocate(3);
    ByteBuffer last = ByteBuffer.allocate(1);
    var write = Background.run(() -> a.write(bytes("abcdef")));
    assertEquals(4, in.read(new ByteBuffer[] {twice, twice, last}));
    assertEquals("abc", contents(twice, 0));
    assertEquals("d", contents(last, 0));
    assertEquals("ef", text(b, 2));
    write.get();
  }

  @Test
  void aBadScatteringReadReadsNothing() throws Exception {
    ConnChannel in = b.channel();
    ByteBuffer writable = ByteBuffer.allocate(2);
    ByteBuffer[] dsts = {writable, ByteBuffer.allocate(2).asReadOnlyBuffer()};
    assertThrows(ReadOnlyBufferException.class, () -> in.read(dsts));
    assertThrows(IndexOutOfBoundsException.class, () -> in.read(dsts, 1, 2));
    assertEquals(0, writable.position());
    b.close();
    assertThrows(ClosedChannelException.class, () -> in.read(dsts, 0, 1));
    assertThrows(
        ClosedChannelException.class,
        () -> in.read(new ByteBuffer[] {writable, ByteBuffer.allocate(1)}));
  }

  private static ByteBuffer room(String text, int position) {
    return ByteBuffer.wrap(bytes(text)).position(position);
  }

  /** What stands from there to the position. */
  private static String contents(ByteBuffer buf, int from) {
    byte[] bytes = new byte[buf.position() - from];
    buf.get(from, bytes);
    return new String(bytes, US_ASCII);
  }

  @Test
  void aClosedChannelSaysSo() throws Exception {
    ByteChannel channel = a.channel();
    assertTrue(channel.isOpen());
    channel.close();
    channel.close();
    assertFalse(channel.isOpen());
    assertTrue(a.isClosed());
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(0)));
    assertThrows(ClosedChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
  }

  @Test
  void theJdksOwnAdaptersWorkOverAChannel() throws Exception {
    var write =
        Background.run(
            () -> {
              Channels.newOutputStream(a.channel()).write(bytes("adapted"));
              a.closeWrite();
            });
    assertEquals(
        "adapted", new String(Channels.newInputStream(b.channel()).readAllBytes(), US_ASCII));
    write.get();
  }
}
