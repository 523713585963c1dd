package gonet.internal.time;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TimersTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long HOUR = 3_600_000 * MILLISECOND;

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Timers timers = new Timers(failures::add);

  @AfterEach
  void noTimerFailedUnseen() {
    assertEquals(List.of(), failures);
  }

  @Test
  void aTimerFiresOnceAndNeverEarly() throws Exception {
    for (int i = 0; i < 20; i++) {
      Recorder timer = new Recorder();
      long when = Clock.after(i * MILLISECOND / 4 + 1);
      timers.arm(timer, when);
      long fired = timer.awaitFired();
      assertTrue(fired >= when, "early by " + (when - fired) + " ns");
      assertEquals(0, timers.armed());
    }
  }

  @Test
  void aPastMomentFiresAtOnce() throws Exception {
    Recorder timer = new Recorder();
    timers.arm(timer, Clock.LONG_AGO);
    timer.awaitFired();
  }

  @Test
  void timersFireInTheOrderOfTheirMoments() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    long base = Clock.after(50 * MILLISECOND);
    for (String name : List.of("3", "1", "2")) {
      timers.arm(
          new Timer() {
            @Override
            protected long fire(long now) {
              order.add(name);
              return Clock.NONE;
            }
          },
          base + Integer.parseInt(name));
    }
    for (String name : List.of("1", "2", "3")) {
      assertEquals(name, order.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void anEarlierTimerDoesNotWaitForALaterOne() throws Exception {
    Recorder late = new Recorder();
    timers.arm(late, Clock.after(HOUR));
    awaitSleep();
    Recorder early = new Recorder();
    timers.arm(early, Clock.after(5 * MILLISECOND));
    early.awaitFired();
    assertFalse(late.hasFired());
    timers.retire(late);
  }

  @Test
  void aTimerMovedNearerFiresThen() throws Exception {
    Recorder timer = new Recorder();
    timers.arm(timer, Clock.after(HOUR));
    awaitSleep();
    timers.arm(timer, Clock.after(5 * MILLISECOND));
    assertEquals(1, timers.armed());
    timer.awaitFired();
  }

  @Test
  void aTimerMovedAwayStaysWhereItIsAndIsAsked() throws Exception {
    Recorder timer = new Recorder();
    long first = Clock.after(20 * MILLISECOND);
    timers.arm(timer, first);
    timers.arm(timer, Clock.after(HOUR));
    assertTrue(timer.armedBy(first));
    timer.awaitFired();
    assertEquals(0, timers.armed());
  }

  @Test
  void aTimerThatAsksForItFiresAgain() throws Exception {
    Recorder timer = new Recorder();
    long again = Clock.after(20 * MILLISECOND);
    timer.answers.add(again);
    timers.arm(timer, Clock.LONG_AGO);
    timer.awaitFired();
    assertTrue(timer.awaitFired() >= again, "early");
    awaitMoment(Clock.after(MILLISECOND));
    assertFalse(timer.hasFired());
    assertEquals(0, timers.armed());
  }

  @Test
  void neverIsNotArmed() {
    Recorder timer = new Recorder();
    timers.arm(timer, Long.MAX_VALUE);
    timers.arm(timer, Long.MAX_VALUE - 1);
    assertEquals(0, timers.armed());
    timers.retire(timer);
  }

  @Test
  void aRetiredTimerNeitherFiresNorArmsAgain() throws Exception {
    Recorder timer = new Recorder();
    timers.arm(timer, Clock.after(30 * MILLISECOND));
    timers.retire(timer);
    assertEquals(0, timers.armed());
    timers.arm(timer, Clock.LONG_AGO);
    assertEquals(0, timers.armed());
    awaitMoment(Clock.after(40 * MILLISECOND));
    assertFalse(timer.hasFired());
    timers.retire(timer);
  }

  @Test
  void aTimerThatWasNeverArmedIsRetiredWithoutHarm() {
    timers.retire(new Recorder());
    assertEquals(0, timers.armed());
  }

  @Test
  void aTimerRetiredWhileItFiresDoesNotFireAgain() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch retired = new CountDownLatch(1);
    Recorder timer =
        new Recorder() {
          @Override
          protected long fire(long now) {
            super.fire(now);
            inside.countDown();
            awaitUnchecked(retired);
            return Clock.after(MILLISECOND);
          }
        };
    timers.arm(timer, Clock.LONG_AGO);
    assertTrue(inside.await(20, TimeUnit.SECONDS));
    timers.retire(timer);
    retired.countDown();
    awaitMoment(Clock.after(10 * MILLISECOND));
    timer.awaitFired();
    assertFalse(timer.hasFired());
    assertEquals(0, timers.armed());
  }

  @Test
  void aRetiredTimerIsGarbageBeforeItsMoment() throws Exception {
    WeakReference<Timer> gone = armedAndRetired();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              System.gc();
              return gone.get() == null;
            });
    assertNull(gone.get());
  }

  private WeakReference<Timer> armedAndRetired() throws InterruptedException {
    Timer timer = new Recorder();
    timers.arm(timer, Clock.after(HOUR));
    awaitSleep(); // the thread has seen it, and sleeps until its moment
    timers.retire(timer);
    return new WeakReference<>(timer);
  }

  @Test
  void setAndClearedAHundredThousandTimesNothingPilesUp() {
    Timer[] kept = new Timer[10];
    for (int i = 0; i < 100_000; i++) {
      int slot = i % kept.length;
      if (kept[slot] != null) {
        timers.retire(kept[slot]);
      }
      kept[slot] = new Recorder();
      timers.arm(kept[slot], Clock.after(HOUR + i));
      assertTrue(timers.armed() <= kept.length);
    }
    for (Timer timer : kept) {
      timers.retire(timer);
    }
    assertEquals(0, timers.armed());
  }

  @Test
  void aDeadlineMovedAwayAHundredThousandTimesIsOneTimer() {
    Recorder timer = new Recorder();
    for (int i = 0; i < 100_000; i++) {
      timers.arm(timer, Clock.after(HOUR));
    }
    assertEquals(1, timers.armed());
    timers.retire(timer);
  }

  @Test
  void aTimerThatFailsDoesNotEndTheOthers() throws Exception {
    RuntimeException exception = new IllegalStateException("a timer's");
    Error error = new StackOverflowError("a timer's");
    timers.arm(failing(exception), Clock.LONG_AGO);
    timers.arm(failing(error), Clock.LONG_AGO);
    Recorder next = new Recorder();
    timers.arm(next, Clock.after(20 * MILLISECOND));
    next.awaitFired();
    assertEquals(2, failures.size());
    assertTrue(failures.contains(exception));
    assertTrue(failures.contains(error));
    failures.clear();
  }

  @Test
  void aThreadWithoutTimersEndsAndTheNextTimerStartsAnother() throws Exception {
    Timers own = new Timers(failures::add, 5 * MILLISECOND);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (int i = 1; i <= 5; i++) {
      Timer timer =
          new Timer() {
            @Override
            protected long fire(long now) {
              threads.add(Thread.currentThread());
              return Clock.NONE;
            }
          };
      own.arm(timer, Clock.after(MILLISECOND));
      int count = i;
      await().until(() -> threads.size() == count);
      await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    }
  }

  /** Nothing is known to end one, but what ends all threads of a simulated machine. */
  @Test
  void aThreadThatHasDiedIsReplacedByTheNextTimer() throws Exception {
    Thread[] dead = new Thread[1];
    Recorder first = new Recorder();
    Daemons.making(
        (name, body) -> dead[0] = new Thread(() -> {}, name),
        () -> {
          timers.arm(first, Clock.after(HOUR));
          return true;
        });
    dead[0].join();
    Recorder second = new Recorder();
    timers.arm(second, Clock.after(MILLISECOND));
    second.awaitFired();
    assertEquals(1, timers.armed()); // the first is still there
    timers.retire(first);
  }

  /** As when the last connection is closed long before its deadline. */
  @Test
  void aThreadWhoseLastTimerWasRetiredEndsLongBeforeItsMoment() throws Exception {
    Timers own = new Timers(failures::add, 5 * MILLISECOND);
    Recorder far = new Recorder();
    own.arm(far, Clock.after(TimeUnit.HOURS.toNanos(1)));
    Recorder soon = new Recorder();
    own.arm(soon, Clock.now());
    soon.awaitFired();
    Thread thread = soon.thread;
    await().during(Duration.ofMillis(100)).until(thread::isAlive);
    own.retire(far);
    await().until(() -> !thread.isAlive());
  }

  /** Timers come around the moment at which the thread ends. */
  @Test
  void noTimerIsMissedByAThreadThatIsAboutToEnd() throws Exception {
    Timers own = new Timers(failures::add, 1);
    for (int i = 0; i < 1_000; i++) {
      CountDownLatch fired = new CountDownLatch(1);
      own.arm(
          new Timer() {
            @Override
            protected long fire(long now) {
              fired.countDown();
              return Clock.NONE;
            }
          },
          Clock.now());
      assertTrue(fired.await(10, TimeUnit.SECONDS));
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
    }
  }

  @Test
  void aTimerThatMeetsAnErrorFiresAgain() throws Exception {
    CountDownLatch fired = new CountDownLatch(3);
    Timers own = new Timers(t -> {});
    own.arm(
        new Timer() {
          @Override
          protected long fire(long now) {
            fired.countDown();
            if (fired.getCount() > 0) {
              throw new OutOfMemoryError("made for this test");
            }
            return Clock.NONE;
          }
        },
        Clock.now());
    assertTrue(fired.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aFailureThatCannotEvenBeReportedDoesNotEndTheThread() throws Exception {
    CountDownLatch fired = new CountDownLatch(3);
    Timers own =
        new Timers(
            t -> {
              throw new OutOfMemoryError("made for this test");
            });
    for (int i = 0; i < 3; i++) {
      own.arm(
          new Timer() {
            @Override
            protected long fire(long now) {
              fired.countDown();
              throw new IllegalStateException("made for this test");
            }
          },
          Clock.now());
    }
    assertTrue(fired.await(10, TimeUnit.SECONDS));
  }

  @Test
  void anInterruptMakesTheThreadNeitherSpinNorEnd() throws Exception {
    Thread thread = awaitMoment(Clock.LONG_AGO);
    timers.arm(new Recorder(), Clock.after(HOUR));
    awaitSleep();
    thread.interrupt();
    await().until(() -> !thread.isInterrupted());
    awaitMoment(Clock.LONG_AGO);
  }

  @Test
  void theThreadIsADaemonThatInheritsNothing() throws Exception {
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    inherited.set("from the thread that armed first");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(new ClassLoader(before) {});
    BlockingQueue<List<Object>> seen = new LinkedBlockingQueue<>();
    try {
      timers.arm(
          new Timer() {
            @Override
            protected long fire(long now) {
              Thread self = Thread.currentThread();
              seen.add(
                  List.of(
                      self.isDaemon(),
                      self.isVirtual(),
                      self.getContextClassLoader(),
                      String.valueOf(inherited.get())));
              return Clock.NONE;
            }
          },
          Clock.LONG_AGO);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
      inherited.remove();
    }
    List<Object> facts = seen.poll(20, TimeUnit.SECONDS);
    assertEquals(true, facts.get(0));
    assertEquals(false, facts.get(1));
    assertSame(ClassLoader.getSystemClassLoader(), facts.get(2));
    assertEquals("null", facts.get(3));
  }

  /** Fails once. */
  private static Timer failing(Throwable failure) {
    return new Timer() {
      private boolean failed;

      @Override
      protected long fire(long now) {
        if (failed) {
          return Clock.NONE;
        }
        failed = true;
        throw TimersTest.<RuntimeException>sneaky(failure);
      }
    };
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T sneaky(Throwable failure) throws T {
    throw (T) failure;
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until the timer thread has looked at everything armed so far, and sleeps. */
  private void awaitSleep() throws InterruptedException {
    Thread thread = awaitMoment(Clock.LONG_AGO);
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () ->
                thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING);
  }

  /** Waits by a further timer, which fires behind all that are due before. */
  private Thread awaitMoment(long when) throws InterruptedException {
    Recorder fence = new Recorder();
    timers.arm(fence, when);
    fence.awaitFired();
    return fence.thread;
  }

  private static class Recorder extends Timer {
    private final BlockingQueue<Long> fired = new LinkedBlockingQueue<>();

    /** What the next firings answer; after that, none. */
    final BlockingQueue<Long> answers = new LinkedBlockingQueue<>();

    /** The thread that fired it last. */
    volatile Thread thread;

    @Override
    protected long fire(long now) {
      thread = Thread.currentThread();
      Long next = answers.poll();
      fired.add(now);
      return next == null ? Clock.NONE : next;
    }

    long awaitFired() throws InterruptedException {
      Long when = fired.poll(20, TimeUnit.SECONDS);
      assertTrue(when != null, "did not fire");
      return when;
    }

    boolean hasFired() {
      return !fired.isEmpty();
    }
  }
}
