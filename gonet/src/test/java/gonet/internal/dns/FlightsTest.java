package gonet.internal.dns;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers with the same question share one lookup, which lives as long as somebody waits. */
@Proves("names-shared")
@Timeout(180)
class FlightsTest {
  private final Flights<String> flights = new Flights<>(Thread.ofVirtual().factory());
  private final AtomicInteger lookups = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
  private volatile LongSupplier until = () -> 0;

  private String held(LongSupplier limit) throws Exception {
    until = limit;
    lookups.incrementAndGet();
    try {
      release.await();
    } catch (InterruptedException e) {
      interrupted.complete(true);
      throw e;
    }
    return "found";
  }

  private CompletableFuture<String> join(String key, long limit) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            result.complete(flights.join(key, limit, this::held));
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return result;
  }

  @Test
  void aHundredCallersAreOneLookup() throws Exception {
    List<CompletableFuture<String>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(join("a", Long.MAX_VALUE));
    }
    await().until(() -> flights.waiting() == 100);
    release.countDown();
    for (CompletableFuture<String> caller : callers) {
      assertEquals("found", caller.get(30, TimeUnit.SECONDS));
    }
    assertEquals(1, lookups.get());
    assertEquals(0, flights.waiting());
  }

  @Test
  void otherQuestionsAreOtherLookups() {
    var _ = join("a", Long.MAX_VALUE);
    var _ = join("b", Long.MAX_VALUE);
    await().until(() -> lookups.get() == 2);
    release.countDown();
  }

  @Test
  void whoGivesUpLeavesTheOthersTheLookup() throws Exception {
    CompletableFuture<String> patient = join("a", Long.MAX_VALUE);
    await().until(() -> flights.waiting() == 1);
    assertThrows(
        TimeoutException.class,
        () -> flights.join("a", Clock.after(TimeUnit.MILLISECONDS.toNanos(1)), this::held));
    assertEquals(1, flights.waiting());
    release.countDown();
    assertEquals("found", patient.get(30, TimeUnit.SECONDS));
    assertEquals(1, lookups.get());
  }

  @Test
  void theLastOneToLeaveEndsIt() throws Exception {
    assertThrows(
        TimeoutException.class,
        () -> {
          flights.join("a", Clock.after(TimeUnit.MILLISECONDS.toNanos(200)), this::held);
        });
    // Had it not begun, nobody would have interrupted it.
    assertTrue(lookups.get() == 0 || interrupted.get(30, TimeUnit.SECONDS));
    release.countDown();
    int before = lookups.get();
    assertEquals("found", flights.join("a", Long.MAX_VALUE, this::held));
    assertEquals(before + 1, lookups.get());
  }

  @Test
  void itHasTheTimeOfTheMostPatientCaller() {
    long soon = Clock.after(TimeUnit.MINUTES.toNanos(1));
    long later = Clock.after(TimeUnit.MINUTES.toNanos(2));
    var _ = join("a", soon);
    await().until(() -> lookups.get() == 1);
    assertEquals(soon, until.getAsLong());
    var _ = join("a", later);
    var _ = join("a", soon);
    await().until(() -> flights.waiting() == 3);
    assertEquals(later, until.getAsLong());
    release.countDown();
  }

  @Test
  void aThreadThatCannotStartLeavesNothing() throws Exception {
    Flights<String> threadless =
        new Flights<>(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    assertThrows(OutOfMemoryError.class, () -> threadless.join("a", Long.MAX_VALUE, this::held));
    assertEquals(0, threadless.waiting());
  }

  @Test
  void allGetTheFailure() {
    LookupFailure failure = LookupFailure.noSuchHost();
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                flights.join(
                    "a",
                    Long.MAX_VALUE,
                    limit -> {
                      throw failure;
                    }));
    assertEquals(failure, e.getCause());
  }
}
