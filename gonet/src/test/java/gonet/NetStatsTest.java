package gonet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.flight.Trace;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a snapshot says is possible, however much happens while it is taken. */
@Timeout(180)
class NetStatsTest {
  private static final int LOOKS = 100_000;

  @Test
  void noMoreConnectionsAreClosedThanThereWereNorDroppedThanClosed() throws Exception {
    // More than none where tests of this JVM have closed what never came about.
    long before = Math.max(0, closedTooMany(Net.stats()));
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(2);
    Runnable lives =
        () -> {
          begun.countDown();
          for (int i = 0; !over.get(); i++) {
            comesAbout(i % 3);
            if (i % 2 == 0) {
              Trace.closed();
            } else {
              Trace.dropped(-1, true, "a connection of this test");
            }
          }
        };
    Thread[] threads = {new Thread(lives), new Thread(lives)};
    for (Thread thread : threads) {
      thread.start();
    }
    begun.await();
    try {
      for (int i = 0; i < LOOKS; i++) {
        NetStats stats = Net.stats();
        assertTrue(closedTooMany(stats) <= before, stats::toString);
        assertTrue(stats.dropped() <= stats.closed(), stats::toString);
      }
    } finally {
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static long closedTooMany(NetStats stats) {
    return stats.closed() - stats.accepted() - stats.dialed() - stats.adopted();
  }

  @Test
  void aPollThatFindsADescriptorReadyIsCountedWithIt() throws Exception {
    NetStats before = Net.stats();
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      Thread reader = Net.go(() -> server.readFully(new byte[1]));
      while (reader.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      client.write(new byte[1]);
      reader.join(); // only a poll can have woken it
    }
    NetStats after = Net.stats();
    assertTrue(after.pollerBatches() > before.pollerBatches(), after::toString);
    assertTrue(after.readyDescriptors() > before.readyDescriptors(), after::toString);
    assertTrue(after.readyDescriptors() >= after.pollerBatches(), after::toString);
  }

  private static void comesAbout(int kind) {
    switch (kind) {
      case 0 -> Trace.accepted(-1, "a listener of this test", "its peer");
      case 1 -> Trace.dialed(null, -1, "tcp", "its peer", "a connection of this test");
      default -> Trace.adopted();
    }
  }
}
