package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpSocketOptions;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A peer stops reading. Its window shuts, the kernel's buffers fill, and the kernel would probe the
 * window for ever: only a deadline or the user timeout ends a write then.
 */
@LeakCheck
@Proves({"jvm-write-timeout", "jvm-back-pressure", "S6", "B1"})
class SlowReaderTest {
  private static final int LOTS = 64 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  @Proves({"conn-partial-write", "node-buffers", "A6"})
  void aTimeoutEndsTheWriteAndCountsExactlyWhatThePeerWillRead() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      byte[] lots = new byte[LOTS];
      pair.client().setWriteTimeout(Duration.ofMillis(300));
      long start = System.nanoTime();
      long allocated = THREADS.getCurrentThreadAllocatedBytes();

      NetTimeoutException e =
          assertThrows(NetTimeoutException.class, () -> pair.client().write(lots));

      // Nothing is queued on the heap for a peer that does not take it.
      long garbage = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      assertTrue(garbage < 1 << 20, () -> garbage + " bytes on the heap");
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(Duration.ofMillis(300)) >= 0, () -> "early, after " + took);
      long sent = e.bytesTransferred();
      assertTrue(sent > 0 && sent < LOTS, () -> sent + " bytes");
      pair.client().close();
      assertEquals(sent, countToEnd(pair));
    }
  }

  @Test
  @Proves("B16")
  void afterTheTimeoutTheWriteCanGoOnWhereItStopped() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      byte[] data = new byte[1 << 20];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) (i * 31 >> 8);
      }
      pair.client().setWriteTimeout(Duration.ofMillis(50));
      NetTimeoutException e =
          assertThrows(NetTimeoutException.class, () -> pair.client().write(data));
      int sent = (int) e.bytesTransferred();
      pair.client().setWriteTimeout(null);
      Thread rest =
          Thread.startVirtualThread(
              () -> {
                try {
                  pair.client().write(data, sent, data.length - sent);
                  pair.client().closeWrite();
                } catch (IOException failed) {
                  pair.client().abort(); // the reader below sees it
                }
              });
      byte[] got = pair.server().readAll();
      rest.join();
      assertArrayEquals(data, got);
    }
  }

  @Test
  @Proves({"jvm-user-timeout", "B50"})
  void theUserTimeoutEndsAConnectionWhoseWindowStaysShut() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      if (!pair.client().supportedOptions().contains(TcpSocketOptions.TCP_USER_TIMEOUT)) {
        assertThrows(
            UnsupportedOperationException.class,
            () -> pair.client().setUserTimeout(Duration.ofMillis(1500)));
        return;
      }
      pair.client().setUserTimeout(Duration.ofMillis(1500));
      byte[] lots = new byte[LOTS];
      long start = System.nanoTime();
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> pair.client().write(lots));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertEquals("ETIMEDOUT", e.errno(), e.getMessage());
      assertTrue(NetFailure.isConnectionGone(e));
      assertTrue(e.bytesTransferred() > 0);
      assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, () -> "only after " + took);
    }
  }

  private static long countToEnd(TcpPair pair) throws IOException {
    long total = 0;
    byte[] buf = new byte[1 << 16];
    for (int n; (n = pair.server().read(buf)) >= 0; ) {
      total += n;
    }
    return total;
  }
}
