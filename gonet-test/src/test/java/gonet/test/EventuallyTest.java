package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 180, unit = TimeUnit.SECONDS)
class EventuallyTest {
  private static final Duration LOOK = Duration.ofMillis(1);

  @Test
  void itLooksOnTheThreadThatAsksUntilTheConditionHolds() {
    AtomicInteger looks = new AtomicInteger();
    Thread asks = Thread.currentThread();
    Eventually.holds(
        "third look",
        () -> {
          assertEquals(asks, Thread.currentThread());
          return looks.incrementAndGet() == 3;
        });
    assertEquals(3, looks.get());
  }

  @Test
  void whatNeverHoldsFailsByItsNameAndOnlyAfterTheLimit() {
    Duration limit = Duration.ofMillis(20);
    long start = System.nanoTime();
    AssertionError e =
        assertThrows(
            AssertionError.class, () -> Eventually.holds("never", LOOK, limit, () -> false));
    assertTrue(System.nanoTime() - start >= limit.toNanos());
    assertTrue(e.getMessage().startsWith("never: "), e.getMessage());
    assertFalse(Eventually.comesTrue("never", LOOK, limit, () -> false));
  }

  @Test
  void anInterruptEndsItAndIsNotLost() {
    Thread.currentThread().interrupt();
    try {
      assertThrows(AssertionError.class, () -> Eventually.holds("never", () -> false));
    } finally {
      assertTrue(Thread.interrupted());
    }
  }
}
