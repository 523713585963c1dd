package gonet.internal.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import gonet.internal.backend.Descriptor;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Once compiled by C2, moving bytes and polling for them makes no object. */
@Timeout(90)
class EpollAllocationTest {
  private static final int CALLS = 5_000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private EpollReadiness readiness;
  private TcpPair pair;

  @BeforeEach
  void open() throws Exception {
    readiness = EpollReadiness.open();
    pair = TcpPair.open();
  }

  @AfterEach
  void close() {
    pair.close();
    readiness.close();
  }

  @Test
  void arraysAndPollsAllocateNothing() {
    Descriptor client = pair.client();
    Descriptor server = pair.server();
    byte[] from = new byte[128];
    byte[] into = new byte[4096];
    assertAllocatesNothing(
        () ->
            client.send(from, 0, from.length)
                + server.receive(into, 0, into.length)
                + server.receive(into, 0, into.length)
                + readiness.poll(0));
  }

  @Test
  void buffersAllocateNothing() {
    Descriptor client = pair.client();
    Descriptor server = pair.server();
    for (ByteBuffer buf :
        new ByteBuffer[] {ByteBuffer.allocate(128), ByteBuffer.allocateDirect(128)}) {
      assertAllocatesNothing(
          () -> {
            buf.clear();
            int sent = client.send(buf);
            buf.clear();
            return sent + server.receive(buf, buf.remaining());
          });
    }
  }

  @Test
  void gatheringAllocatesNothing() {
    ByteBuffer[] bufs = {ByteBuffer.allocate(64), ByteBuffer.allocateDirect(64)};
    byte[] into = new byte[4096];
    assertAllocatesNothing(
        () -> {
          bufs[0].clear();
          bufs[1].clear();
          int sent = (int) pair.client().send(bufs, 0, 2);
          return sent + pair.server().receive(into, 0, into.length);
        });
  }

  /**
   * Repeats batches until one allocates nothing: the early ones run before C2 has compiled them,
   * and on a busy machine it takes its time.
   */
  private void assertAllocatesNothing(IntSupplier call) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        var _ = call.getAsInt();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    } while (least > 0 && System.nanoTime() < deadline);
    assertEquals(0, least, () -> "bytes in " + CALLS + " calls");
  }
}
