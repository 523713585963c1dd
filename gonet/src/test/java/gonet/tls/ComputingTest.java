package gonet.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At most one handshake for each processor is computed, and everybody has a turn. */
@Timeout(180)
class ComputingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void asManyComputeAsThereAreProcessorsAndAllComeToTheirTurn() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    AtomicInteger computing = new AtomicInteger();
    CountDownLatch leave = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10 * processors; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    ReentrantLock turn = Computing.begin();
                    try {
                      computing.incrementAndGet();
                      leave.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    } finally {
                      turn.unlock();
                    }
                  }));
    }
    try {
      // In their turn, or for it.
      await()
          .atMost(PATIENCE)
          .until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
      assertEquals(processors, computing.get());
    } finally {
      leave.countDown();
    }
    for (Thread thread : threads) {
      assertTrue(thread.join(PATIENCE));
    }
    assertEquals(threads.size(), computing.get());
  }
}
