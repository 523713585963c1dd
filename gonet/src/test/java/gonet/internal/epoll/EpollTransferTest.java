package gonet.internal.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.support.Proves;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(180)
@Proves("S10")
class EpollTransferTest {
  private TcpPair pair;

  @BeforeEach
  void open() throws Exception {
    pair = TcpPair.open();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  static Stream<Named<IntFunction<ByteBuffer>>> buffers() {
    return Stream.of(
        Named.of("heap", ByteBuffer::allocate),
        Named.of("direct", ByteBuffer::allocateDirect),
        Named.of("slice of heap", n -> ByteBuffer.allocate(n + 9).slice(5, n)),
        Named.of("slice of direct", n -> ByteBuffer.allocateDirect(n + 9).slice(5, n)),
        Named.of("arena", n -> Arena.ofAuto().allocate(n).asByteBuffer()));
  }

  @Test
  void bytesArriveWhereTheArrayWasPointedAt() {
    assertEquals(3, pair.client().send(new byte[] {0, 1, 2, 3, 4}, 1, 3));
    byte[] into = new byte[6];
    assertEquals(3, receive(into, 2, 4));
    assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 0}, into);
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void positionsMoveByWhatWentThrough(IntFunction<ByteBuffer> kind) {
    ByteBuffer from = kind.apply(10).put(0, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    from.position(2).limit(7);
    assertEquals(5, pair.client().send(from));
    assertEquals(7, from.position());

    ByteBuffer into = kind.apply(10).position(1);
    TcpPair.until(() -> pair.server().availableBytes() == 5);
    assertEquals(4, pair.server().receive(into, 4));
    assertEquals(5, into.position());
    assertEquals(1, pair.server().receive(into, 4));
    byte[] got = new byte[10];
    into.clear().get(got);
    assertArrayEquals(new byte[] {0, 2, 3, 4, 5, 6, 0, 0, 0, 0}, got);
  }

  @Test
  void aReadOnlyBufferIsSentAndNeverWrittenTo() {
    for (ByteBuffer writable : new ByteBuffer[] {heap("abc"), direct("abc")}) {
      ByteBuffer readOnly = writable.asReadOnlyBuffer();
      assertThrows(ReadOnlyBufferException.class, () -> pair.server().receive(readOnly, 3));
      assertEquals(3, pair.client().send(readOnly));
      byte[] into = new byte[3];
      assertEquals(3, receive(into, 0, 3));
      assertArrayEquals("abc".getBytes(UTF_8), into);
    }
  }

  @Test
  void anEmptySocketSaysAgainAndAnEndedOneZero() {
    byte[] buf = new byte[8];
    assertEquals(-Errno.EAGAIN, pair.server().receive(buf, 0, 8));
    assertEquals(-Errno.EAGAIN, pair.server().receive(ByteBuffer.allocate(8), 8));
    assertEquals(-Errno.EAGAIN, pair.server().receive(ByteBuffer.allocateDirect(8), 8));
    assertEquals(0, pair.client().shutdownWrite());
    assertEquals(0, receive(buf, 0, 8));
    assertEquals(0, pair.server().receive(buf, 0, 8));
  }

  @Test
  void aFullSocketSaysAgain() {
    Descriptor client = pair.client();
    byte[] buf = new byte[64 * 1024];
    ByteBuffer direct = ByteBuffer.allocateDirect(8);
    assertEquals(-Errno.EAGAIN, untilFull(() -> client.send(buf, 0, buf.length)));
    assertEquals(-Errno.EAGAIN, untilFull(() -> client.send(direct.clear())));
    assertEquals(-Errno.EAGAIN, untilFull(() -> client.send(two(8), 0, 2)));
  }

  /** A full socket may have room again: the other end's kernel acknowledges when it likes. */
  private static long untilFull(LongSupplier send) {
    long n;
    do {
      n = send.getAsLong();
    } while (n > 0);
    return n;
  }

  @Test
  @Proves("uv-writes")
  void aCallNeverAsksForMoreThanItsMaximum() throws Exception {
    Descriptor client = pair.client();
    int max = client.maxSend();
    client.setOption(Option.SEND_BUFFER, 4 * max);
    assertTrue(client.send(new byte[3 * max], 0, 3 * max) <= max);
    assertTrue(client.send(ByteBuffer.allocateDirect(3 * max)) <= max);
    assertTrue(client.send(new ByteBuffer[] {ByteBuffer.allocate(3 * max)}, 0, 1) <= max);
  }

  @Test
  @Proves("B27")
  void aWriteAfterTheResetIsEpipeAndNoSignal() throws Exception {
    pair.client().setOption(Option.LINGER, 0);
    pair.client().close();
    byte[] buf = new byte[1];
    TcpPair.until(() -> pair.server().receive(buf, 0, 1) != -Errno.EAGAIN);
    assertEquals(-Errno.EPIPE, pair.server().send(buf, 0, 1));
  }

  @Test
  void aReaderAndAWriterKeepTheirErrnosApart() throws Exception {
    int calls = 20_000;
    pair.client().shutdownWrite();
    byte[] from = new byte[1];
    try (var executor = Executors.newSingleThreadExecutor()) {
      Future<?> writer =
          executor.submit(
              () -> {
                for (int i = 0; i < calls; i++) {
                  assertEquals(-Errno.EPIPE, pair.client().send(from, 0, 1));
                }
              });
      byte[] into = new byte[1];
      for (int i = 0; i < calls; i++) {
        assertEquals(-Errno.EAGAIN, pair.client().receive(into, 0, 1));
      }
      writer.get();
    }
  }

  /** O_NONBLOCK belongs to the open file description, so whoever shares it can clear it. */
  @Test
  @Proves("sys-flags")
  void aSocketThatSomebodyMadeBlockingStillDoesNotBlock() throws Exception {
    Descriptor listener = TcpPair.listener();
    Descriptor blocking =
        new EpollDescriptor(SocketCalls.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), Linux.AF_INET);
    assertEquals(0, blocking.connect(listener.localAddr()));
    byte[] buf = new byte[64 * 1024];
    assertEquals(-Errno.EAGAIN, blocking.receive(buf, 0, 1));
    assertEquals(-Errno.EAGAIN, blocking.receive(ByteBuffer.allocateDirect(1), 1));
    ByteBuffer direct = ByteBuffer.allocateDirect(1);
    assertEquals(-Errno.EAGAIN, untilFull(() -> blocking.send(buf, 0, buf.length)));
    assertEquals(-Errno.EAGAIN, untilFull(() -> blocking.send(direct.clear())));
    blocking.close();
    listener.close();
  }

  @Test
  void anEmptyArrayOrBufferIsNoCall() {
    assertEquals(0, pair.server().receive(new byte[4], 4, 0));
    assertEquals(0, pair.server().receive(ByteBuffer.allocateDirect(0), 8));
    assertEquals(0, pair.client().send(new byte[4], 4, 0));
    assertEquals(0, pair.client().send(ByteBuffer.allocateDirect(0)));
  }

  @Test
  void boundsAreCheckedBeforeTheKernelSeesThem() {
    byte[] buf = new byte[4];
    assertThrows(IndexOutOfBoundsException.class, () -> pair.client().send(buf, 1, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> pair.client().receive(buf, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> pair.client().receive(buf, 0, -2));
  }

  @Test
  void memoryOfAClosedArenaIsRefused() {
    ByteBuffer dead;
    try (Arena arena = Arena.ofShared()) {
      dead = arena.allocate(8).asByteBuffer();
    }
    assertThrows(IllegalStateException.class, () -> pair.client().send(dead));
    assertThrows(IllegalStateException.class, () -> pair.client().receive(dead, 8));
  }

  private int receive(byte[] into, int off, int len) {
    int[] n = new int[1];
    TcpPair.until(() -> (n[0] = pair.server().receive(into, off, len)) != -Errno.EAGAIN);
    return n[0];
  }

  private static ByteBuffer heap(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static ByteBuffer direct(String text) {
    return ByteBuffer.allocateDirect(text.length()).put(text.getBytes(UTF_8)).flip();
  }

  private static ByteBuffer[] two(int size) {
    ByteBuffer[] bufs = new ByteBuffer[2];
    Arrays.setAll(bufs, i -> ByteBuffer.allocate(size));
    return bufs;
  }
}
