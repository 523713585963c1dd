package gonet.tls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At most one handshake for each processor is computed, and everybody has a turn. */
@Timeout(60)
class ComputingTest {

  @Test
  void asManyComputeAsThereAreProcessorsAndAllComeToTheirTurn() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    CountDownLatch full = new CountDownLatch(processors);
    AtomicInteger computing = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10 * processors; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    ReentrantLock turn = Computing.begin();
                    try {
                      most.accumulateAndGet(computing.incrementAndGet(), Math::max);
                      full.countDown();
                      full.await(); // all of them, before anybody leaves
                      computing.decrementAndGet();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    } finally {
                      turn.unlock();
                    }
                  }));
    }
    assertTrue(full.await(30, TimeUnit.SECONDS), "as many as there are processors");
    for (Thread thread : threads) {
      assertTrue(thread.join(java.time.Duration.ofSeconds(30)));
    }
    assertTrue(most.get() == processors, () -> most + " at a time");
  }
}
