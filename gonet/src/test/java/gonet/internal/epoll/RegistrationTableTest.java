package gonet.internal.epoll;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.epoll.RegistrationTable.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class RegistrationTableTest {
  private final RegistrationTable table = new RegistrationTable();

  @Test
  void growsToAnyNumberAndKeepsWhatItHeld() {
    int[] numbers = {0, 1023, 1024, 16 * 1024, 1_000_000, 40_000_000};
    Registration[] put = new Registration[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      put[i] = registration(i);
      table.put(numbers[i], put[i]);
    }
    for (int i = 0; i < numbers.length; i++) {
      assertSame(put[i], table.get(numbers[i]));
    }
    assertNull(table.get(2));
    assertNull(table.get(500_000));
    assertNull(table.get(Integer.MAX_VALUE));
  }

  @Test
  void removesOnlyWhatIsStillThere() {
    Registration old = registration(1);
    Registration now = registration(2);
    table.put(5, old);
    table.put(5, now);
    assertFalse(table.remove(5, old));
    assertSame(now, table.get(5));
    assertTrue(table.remove(5, now));
    assertNull(table.get(5));
  }

  /** Threads that put into chunks of their own while others make the outer array grow. */
  @Test
  void growingLosesNothingThatOthersPut() throws Exception {
    int threads = 4;
    int chunks = 300;
    CountDownLatch start = new CountDownLatch(threads);
    List<Future<?>> puts = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        puts.add(
            executor.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int chunk = 0; chunk < chunks; chunk++) {
                    table.put(chunk * 1024 + thread, registration(chunk));
                  }
                  return null;
                }));
      }
      for (Future<?> put : puts) {
        put.get();
      }
    }
    for (int chunk = 0; chunk < chunks; chunk++) {
      for (int thread = 0; thread < threads; thread++) {
        Registration found = table.get(chunk * 1024 + thread);
        assertTrue(found != null && found.sequence() == chunk, "lost " + chunk);
      }
    }
  }

  private static Registration registration(int sequence) {
    return new Registration(new EpollDescriptor(-1, 2), events -> {}, sequence);
  }
}
