package gonet.internal.epoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.support.Proves;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class EpollGatherTest {
  private final Random random = new Random(7);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final byte[] chunk = new byte[8 * 1024];
  private TcpPair pair;

  @BeforeEach
  void open() throws Exception {
    pair = TcpPair.open();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  @Proves("node-cork")
  void smallBuffersLeaveInOneCall() throws Exception {
    ByteBuffer[] bufs = {heap(10), direct(0), direct(20), heap(0), heap(30).asReadOnlyBuffer()};
    assertEquals(60, pair.client().send(bufs, 0, bufs.length));
    for (ByteBuffer buf : bufs) {
      assertFalse(buf.hasRemaining());
    }
    assertArrivesInOrder();
  }

  @Test
  void onlyTheNamedRangeIsTouched() throws Exception {
    ByteBuffer[] bufs = {ByteBuffer.allocate(5), heap(6), heap(7), ByteBuffer.allocate(5)};
    assertEquals(13, pair.client().send(bufs, 1, 2));
    assertEquals(5, bufs[0].remaining());
    assertEquals(5, bufs[3].remaining());
    assertArrivesInOrder();
  }

  @Test
  void nothingRemainingIsZero() {
    assertEquals(0, pair.client().send(new ByteBuffer[] {heap(0), direct(0)}, 0, 2));
    assertEquals(0, pair.client().send(new ByteBuffer[0], 0, 0));
  }

  @Test
  @Proves("uv-writes")
  void moreBuffersThanAnIovecTakes() throws Exception {
    ByteBuffer[] bufs = new ByteBuffer[5000];
    for (int i = 0; i < bufs.length; i++) {
      int size = random.nextInt(40);
      bufs[i] = i % 2 == 0 ? heap(size) : direct(size);
    }
    sendAll(bufs);
    assertArrivesInOrder();
  }

  @Test
  void largeBuffersBetweenSmallOnesKeepTheirPlace() throws Exception {
    ByteBuffer[] bufs = {
      heap(100), heap(100_000), direct(7), direct(300_000), heap(16_384), direct(16_383), heap(1)
    };
    sendAll(bufs);
    assertArrivesInOrder();
  }

  /** A socket that takes little at a time ends most calls in the middle of some buffer. */
  @Test
  void aPartialSendResumesInTheMiddleOfABuffer() throws Exception {
    pair.client().setOption(Option.SEND_BUFFER, 4096);
    ByteBuffer[] bufs = new ByteBuffer[400];
    for (int i = 0; i < bufs.length; i++) {
      bufs[i] = i % 3 == 0 ? direct(random.nextInt(9000)) : heap(random.nextInt(3000));
    }
    int resumed = sendAll(bufs);
    assertTrue(resumed > 0, "no send ended inside a buffer");
    assertArrivesInOrder();
  }

  @Test
  void aRefusedSendMovesNothing() {
    pair.client().shutdownWrite();
    ByteBuffer[] bufs = {heap(10), direct(20)};
    assertEquals(-Errno.EPIPE, pair.client().send(bufs, 0, 2));
    assertEquals(10, bufs[0].remaining());
    assertEquals(20, bufs[1].remaining());
  }

  /** Sends everything, draining the peer meanwhile; returns how often a buffer was left halfway. */
  private int sendAll(ByteBuffer[] bufs) {
    int halfway = 0;
    int at = 0;
    while (at < bufs.length) {
      long n = pair.client().send(bufs, at, bufs.length - at);
      if (n == -Errno.EAGAIN) {
        drain();
        continue;
      }
      assertTrue(n >= 0, () -> Errno.name((int) -n));
      while (at < bufs.length && !bufs[at].hasRemaining()) {
        at++;
      }
      if (at < bufs.length && bufs[at].position() > 0) {
        halfway++;
      }
    }
    return halfway;
  }

  private void drain() {
    for (int n; (n = pair.server().receive(chunk, 0, chunk.length)) > 0; ) {
      received.write(chunk, 0, n);
    }
  }

  private void assertArrivesInOrder() {
    TcpPair.until(
        () -> {
          drain();
          return received.size() >= sent.size();
        });
    assertArrayEquals(sent.toByteArray(), received.toByteArray());
  }

  private ByteBuffer heap(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    sent.writeBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).put(heap(size)).flip();
  }
}
