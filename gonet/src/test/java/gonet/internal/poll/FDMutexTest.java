package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Background;
import gonet.internal.poll.FDMutex.Outcome;
import gonet.internal.time.Clock;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises that Go's {@code fd_mutex_test.go} holds, and those of waiters that may give up. */
@Timeout(180)
class FDMutexTest {
  private final FDMutex mutex = new FDMutex();

  // ---- one thread -------------------------------------------------------------------------------

  @Test
  void anOpenMutexGivesReferencesAndBothLocks() {
    assertTrue(mutex.incref());
    assertFalse(mutex.decref());
    for (boolean read : new boolean[] {true, false}) {
      assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
      assertFalse(mutex.unlock(read));
    }
  }

  @Test
  void theTwoLocksDoNotExcludeEachOther() {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.LOCKED, mutex.lock(false, Clock.NONE));
    assertFalse(mutex.unlock(true));
    assertFalse(mutex.unlock(false));
  }

  @Test
  void aClosedMutexGivesNothing() {
    assertTrue(mutex.close());
    assertFalse(mutex.incref());
    assertEquals(Outcome.CLOSED, mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.CLOSED, mutex.lock(false, Clock.LONG_AGO));
    assertFalse(mutex.close());
    assertTrue(mutex.claim());
  }

  @Test
  void onlyTheLastOneOutAfterCloseDestroys() {
    assertTrue(mutex.incref());
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.LOCKED, mutex.lock(false, Clock.NONE));
    assertTrue(mutex.close());
    assertFalse(mutex.unlock(false));
    assertFalse(mutex.decref());
    assertFalse(mutex.claim(), "somebody is inside");
    assertTrue(mutex.unlock(true));
    assertTrue(mutex.claim());
    assertFalse(mutex.claim(), "claimed twice");
  }

  @Test
  void misuseIsRefusedAndBreaksNothing() {
    assertMisuse(mutex::decref);
    assertMisuse(() -> mutex.unlock(true));
    assertMisuse(() -> mutex.unlock(false));

    assertTrue(mutex.incref());
    assertFalse(mutex.decref());
    assertMisuse(mutex::decref);

    for (boolean read : new boolean[] {true, false}) {
      assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
      assertMisuse(() -> mutex.unlock(!read));
      assertFalse(mutex.unlock(read));
      assertMisuse(() -> mutex.unlock(read));
    }

    assertTrue(mutex.incref());
    assertFalse(mutex.decref());
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.LOCKED, mutex.lock(false, Clock.NONE));
    assertFalse(mutex.unlock(true));
    assertFalse(mutex.unlock(false));
    assertTrue(mutex.close());
    assertTrue(mutex.claim());
  }

  @Test
  void aMillionReferencesAreTooMany() {
    for (long i = 0; i < FDMutex.MAX_REFS; i++) {
      assertTrue(mutex.incref());
    }
    for (Executable more :
        new Executable[] {
          mutex::incref, () -> mutex.lock(true, Clock.NONE), () -> mutex.lock(false, Clock.NONE)
        }) {
      var e = assertThrows(IllegalStateException.class, more);
      assertTrue(e.getMessage().contains("too many"), e.getMessage());
    }
    assertFalse(mutex.decref());
    assertTrue(mutex.close(), "closing needs no reference");
  }

  // ---- waiters ----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterGetsTheLockThatIsReleased(boolean read) throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    var waiter = waiter(read, Clock.NONE);
    var timed = waiter(read, Clock.after(3_600_000_000_000L));
    assertFalse(waiter.isDone());
    mutex.unlock(read);
    assertEquals(Outcome.LOCKED, waiter.get());
    mutex.unlock(read);
    assertEquals(Outcome.LOCKED, timed.get());
    assertFalse(mutex.unlock(read));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closeSendsAllWaitersAway(boolean read) throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    List<Background<Outcome>> waiters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiters.add(waiter(read, Clock.NONE));
    }
    for (Background<Outcome> waiter : waiters) {
      assertFalse(waiter.isDone());
    }
    assertTrue(mutex.close());
    mutex.sendAway();
    for (Background<Outcome> waiter : waiters) {
      assertEquals(Outcome.CLOSED, waiter.get());
    }
    assertFalse(mutex.claim());
    assertTrue(mutex.unlock(read));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterExpiresAndNotBefore(boolean read) {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    long limit = Clock.after(20_000_000);
    assertEquals(Outcome.TIMEOUT, mutex.lock(read, limit));
    assertTrue(Clock.now() >= limit, "early");
    assertEquals(Outcome.TIMEOUT, mutex.lock(read, Clock.LONG_AGO));
    assertFalse(mutex.unlock(read));
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.LONG_AGO), "free, so nobody waits");
    assertFalse(mutex.unlock(read));
    assertTrue(mutex.close());
    assertTrue(mutex.claim(), "an expired waiter left a reference");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterCanBeInterruptedAndItsStatusStays(boolean read) throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    var waiter =
        Background.call(
                () -> {
                  Outcome outcome = mutex.lock(read, Clock.NONE);
                  assertTrue(Thread.currentThread().isInterrupted());
                  return outcome;
                })
            .awaitParked();
    waiter.interrupt();
    assertEquals(Outcome.INTERRUPTED, waiter.get());
    assertFalse(mutex.unlock(read));
    assertTrue(mutex.close());
    assertTrue(mutex.claim(), "an interrupted waiter left a reference");
  }

  @Test
  void aFreeLockIsGivenToAnInterruptedThread() throws Exception {
    var interrupted =
        Background.call(
            () -> {
              Thread.currentThread().interrupt();
              return mutex.lock(true, Clock.NONE);
            });
    assertEquals(Outcome.LOCKED, interrupted.get());
    assertFalse(mutex.unlock(true));
  }

  @Test
  void aWaiterThatGaveUpTakesNoWakeUpWithIt() throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    var leaves = waiter(true, Clock.NONE);
    var stays = waiter(true, Clock.NONE);
    leaves.interrupt();
    assertEquals(Outcome.INTERRUPTED, leaves.get());
    mutex.unlock(true);
    assertEquals(Outcome.LOCKED, stays.get());
    assertFalse(mutex.unlock(true));
  }

  /** The unlocker may choose a waiter at the very moment in which that one gives up. */
  @Test
  void aWakeUpGivenToAWaiterThatGivesUpPassesToTheNext() throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    List<Background<Outcome>> next = new ArrayList<>();
    GivesUp first =
        new GivesUp(
            () -> {
              next.add(waiter(true, Clock.NONE));
              mutex.unlock(true);
            });
    assertEquals(Outcome.INTERRUPTED, first.outcome());
    assertEquals(Outcome.LOCKED, next.getFirst().get());
    assertFalse(mutex.unlock(true));
  }

  /** Not only a second later, when it looks by itself: the next one loses the lock at once. */
  @Test
  void aWakeUpIsPassedOnAtOnce() throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    List<Background<Outcome>> next = new ArrayList<>();
    GivesUp first =
        new GivesUp(
            () -> {
              next.add(waiter(true, Clock.NONE));
              patience();
              mutex.unlock(true);
              assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.LONG_AGO));
            });
    assertEquals(Outcome.INTERRUPTED, first.outcome());
    // Who looks by itself finds it held and stays where it stands.
    Eventually.until(() -> mutex.hasLoser(true));
    assertFalse(mutex.unlock(true));
    assertEquals(Outcome.LOCKED, next.getFirst().get());
    assertFalse(mutex.unlock(true));
  }

  /** Until whoever waits now has waited for long. */
  private static void patience() {
    long begin = Clock.now();
    while (Clock.now() - begin < 2_000_000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aCloseAtTheMomentOfGivingUpWins() throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.CLOSED, new GivesUp(this::close).outcome());
    assertFalse(mutex.claim());
    assertTrue(mutex.unlock(true));
  }

  private void close() {
    assertTrue(mutex.close());
    mutex.sendAway();
  }

  /** A waiter that stands in the queue does something just before it finds itself interrupted. */
  private final class GivesUp extends Thread {
    private final Runnable justBefore;
    private volatile Outcome outcome;

    GivesUp(Runnable justBefore) {
      this.justBefore = justBefore;
    }

    @Override
    public void run() {
      outcome = mutex.lock(true, Clock.NONE);
    }

    /** The mutex asks this once, between its look at the waiter's state and leaving the queue. */
    @Override
    public boolean isInterrupted() {
      justBefore.run();
      return true;
    }

    Outcome outcome() throws InterruptedException {
      start();
      join();
      return outcome;
    }
  }

  /** The holder may unlock after a waiter has seen the lock taken and before it is in the queue. */
  @Test
  void anUnlockIsNotMissedByAWaiterThatIsJustComing() throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(true, Clock.NONE));
    Field readers = FDMutex.class.getDeclaredField("readers");
    readers.setAccessible(true);
    readers.set(mutex, new UnlocksBeforeAdd());
    var comes = Background.call(() -> mutex.lock(true, Clock.NONE));
    assertEquals(Outcome.LOCKED, comes.get());
    assertFalse(mutex.unlock(true));
  }

  private final class UnlocksBeforeAdd extends ConcurrentLinkedDeque<Object> {
    private static final long serialVersionUID = 1;

    @Override
    public void addLast(Object waiter) {
      mutex.unlock(true);
      super.addLast(waiter);
    }
  }

  // ---- turns ------------------------------------------------------------------------------------

  /**
   * A thread gives the lock back and takes it again as fast as it can, so that a waiter finds it
   * taken each time it wakes up. Once it has waited for long the next turn is its own, however long
   * it takes to wake up.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterThatHasLostGetsTheNextTurn(boolean read) throws Exception {
    for (int lost = 0; lost < 20; ) {
      assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
      AtomicBoolean served = new AtomicBoolean();
      var waiter =
          Background.run(
                  () -> {
                    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
                    served.set(true);
                    mutex.unlock(read);
                  })
              .awaitParked();
      // One that has lost and is not parked yet may have seen the lock free and leave the queue.
      while (!served.get() && !(mutex.hasLoser(read) && waiter.isParked())) {
        if (!mutex.hasLoser(read)) {
          mutex.unlock(read);
          assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
        }
      }
      if (!served.get()) {
        lost++;
        mutex.unlock(read);
        assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
        assertTrue(served.get(), "it has lost once more");
      }
      mutex.unlock(read);
      waiter.get();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterThatHasLostStandsInFrontOfThoseWhoCameLater(boolean read) throws Exception {
    for (boolean lost = false; !lost; ) {
      assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
      var first = waiter(read, Clock.NONE);
      var second = waiter(read, Clock.NONE);
      patience();
      mutex.unlock(read);
      lost = mutex.lock(read, Clock.LONG_AGO) == Outcome.LOCKED; // or the first was quick
      if (lost) {
        Eventually.until(() -> mutex.hasLoser(read));
        mutex.unlock(read);
      }
      assertEquals(Outcome.LOCKED, first.get());
      assertFalse(second.isDone());
      mutex.unlock(read);
      assertEquals(Outcome.LOCKED, second.get());
      mutex.unlock(read);
    }
  }

  // ---- debts ------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLockThatIsOwedGoesToWhoeverWantsItNext(boolean read) {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    owe(read);
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    assertEquals(Outcome.TIMEOUT, mutex.lock(read, Clock.LONG_AGO), "it has a holder again");
    assertFalse(mutex.unlock(read));
    assertTrue(mutex.close());
    assertTrue(mutex.claim(), "a reference was lost: " + mutex);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaiterFindsALockThatIsOwed(boolean read) throws Exception {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    var waiter = waiter(read, Clock.NONE);
    owe(read);
    assertEquals(Outcome.LOCKED, waiter.get());
    assertFalse(mutex.unlock(read));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoeverClosesSettlesWhatIsOwed(boolean read) {
    assertEquals(Outcome.LOCKED, mutex.lock(read, Clock.NONE));
    owe(read);
    assertTrue(mutex.close());
    assertFalse(mutex.claim());
    assertTrue(mutex.owes());
    assertTrue(mutex.settle());
    assertTrue(mutex.claim());
    assertFalse(mutex.owes());
  }

  @Test
  void aWriterThatOwesIsNotWriting() {
    assertEquals(Outcome.LOCKED, mutex.lock(false, Clock.NONE));
    assertTrue(mutex.isWriting());
    owe(false);
    assertFalse(mutex.isWriting(), "a reader at the end of the stream would wait for it for ever");
  }

  private void owe(boolean read) {
    if (read) {
      mutex.readOwed = true;
    } else {
      mutex.writeOwed = true;
    }
  }

  // ---- stress -----------------------------------------------------------------------------------

  /** Each side's pair of counters is written under its lock alone, so the two never differ. */
  @Test
  void underStressEachSideHasOneOwner() throws Exception {
    int threads = 8;
    int operations = 100_000;
    long[] reads = new long[2];
    long[] writes = new long[2];
    List<Background<Long>> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Random random = new Random(t);
      all.add(
          Background.call(
              () -> {
                long locked = 0;
                for (int i = 0; i < operations; i++) {
                  int dice = random.nextInt(3);
                  if (dice == 0) {
                    assertTrue(mutex.incref());
                    assertFalse(mutex.decref());
                  } else {
                    locked += exclusive(dice == 1, dice == 1 ? reads : writes, random);
                  }
                }
                return locked;
              }));
    }
    long locked = 0;
    for (Background<Long> thread : all) {
      locked += thread.get();
    }
    assertEquals(locked, reads[0] + writes[0]);
    assertEquals(reads[0], reads[1]);
    assertEquals(writes[0], writes[1]);
    assertTrue(mutex.close());
    assertTrue(mutex.claim(), "a reference was lost: " + mutex);
  }

  /** Counts one if the lock was got; now and then the thread is not patient. */
  private int exclusive(boolean read, long[] counters, Random random) {
    int dice = random.nextInt(50);
    if (dice == 0) {
      Thread.currentThread().interrupt();
    }
    Outcome outcome =
        mutex.lock(read, dice == 1 ? Clock.after(random.nextInt(20_000)) : Clock.NONE);
    if (outcome == Outcome.INTERRUPTED || dice == 0) {
      assertTrue(Thread.interrupted());
    }
    if (outcome != Outcome.LOCKED) {
      assertEquals(dice == 0 ? Outcome.INTERRUPTED : Outcome.TIMEOUT, outcome);
      return 0;
    }
    assertEquals(counters[0], counters[1]);
    counters[0]++;
    if (random.nextInt(100) == 0) {
      Thread.onSpinWait();
    }
    counters[1]++;
    assertFalse(mutex.unlock(read));
    return 1;
  }

  private Background<Outcome> waiter(boolean read, long limit) {
    return Background.call(() -> mutex.lock(read, limit)).awaitParked();
  }

  private static void assertMisuse(Executable call) {
    assertThrows(IllegalStateException.class, call);
  }
}
