package gonet.internal.carrier;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Daemons;
import gonet.support.Refusing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scheduler with tasks that are no virtual threads: it does not know the difference. */
@Timeout(180)
class GroupTest {
  private static final long RETIRE_NANOS = 500_000_000;
  private static final long IDLE_NANOS = 20_000_000;

  private final StubKernel kernel = new StubKernel();

  /** Ends the tasks that a test left stuck. */
  private final CountDownLatch over = new CountDownLatch(1);

  private Group group(int carriers, int spares) {
    return new Group(
        kernel,
        new Settings(carriers, spares, 0, RETIRE_NANOS, Long.MAX_VALUE),
        BooleanSupplier::getAsBoolean);
  }

  /** One whose threads end as soon as there is nothing to do. */
  private Group shortLived(int carriers, int spares, long idleNanos) {
    return new Group(
        kernel,
        new Settings(carriers, spares, 0, RETIRE_NANOS, idleNanos),
        last -> kernel.registered == 0 && last.getAsBoolean());
  }

  private static boolean hasEnded(Group group) {
    return group.watcher.thread() == null && group.carriers() == 0;
  }

  @AfterEach
  void endAll() {
    over.countDown();
  }

  private void stick() {
    boolean interrupted = false;
    for (; ; ) {
      try {
        over.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertRuns(Group group, int count) throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      group.execute(ran::countDown);
    }
    assertTrue(ran.await(10, TimeUnit.SECONDS), () -> ran.getCount() + " did not run: " + group);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void tasksFromOutsideRunWhetherOrNotTheLeaderSleeps(int carriers) throws Exception {
    Group group = group(carriers, 4);
    assertRuns(group, 1);
    for (int i = 0; i < 50; i++) {
      await().until(() -> kernel.waits.get() > 0);
      assertRuns(group, 1);
      assertRuns(group, 100);
    }
  }

  /** Keeps the carrier that runs it. */
  private static void hold(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatAPollWakesRunsOnTheCarrierThatPolled() throws Exception {
    Group group = group(1, 0); // a spare would take over from one that the machine keeps waiting
    assertRuns(group, 1);
    int beyondTheQueue = 3 * RunQueue.CAPACITY;
    List<Integer> order = new ArrayList<>(); // one carrier, so one thread
    CountDownLatch ran = new CountDownLatch(beyondTheQueue);
    kernel.report(
        () -> {
          for (int i = 0; i < beyondTheQueue; i++) {
            int number = i;
            group.execute(
                () -> {
                  order.add(number);
                  ran.countDown();
                });
          }
        });
    assertTrue(ran.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < beyondTheQueue; i++) {
      assertEquals(i, order.get(i));
    }
  }

  @Test
  void tasksThatMakeTasksForEverDoNotKeepTheKernelUnheard() throws Exception {
    Group group = group(1, 4);
    CountDownLatch heard = new CountDownLatch(1);
    group.execute(new Endless(group));
    group.execute(new Endless(group));
    kernel.report(() -> group.execute(heard::countDown));
    assertTrue(heard.await(10, TimeUnit.SECONDS));
    assertRuns(group, 10);
  }

  /** As a thread that yields and yields. */
  private final class Endless implements Runnable {
    private final Group group;

    Endless(Group group) {
      this.group = group;
    }

    @Override
    public void run() {
      if (over.getCount() > 0) {
        group.execute(this);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aStuckTaskLosesItsCarriersPlace(int carriers) throws Exception {
    Group group = group(carriers, 20);
    for (int i = 0; i < 10; i++) {
      group.execute(this::stick);
      assertRuns(group, 3);
    }
    assertTrue(group.watcher.handOvers() >= 10 - (carriers - 1), group::toString);
    over.countDown();
    await().until(() -> group.spares.size() > 0);
    assertRuns(group, 100);
  }

  @Test
  void patienceShrinksWithEachStuckTaskInARowAndComesBack() throws Exception {
    Group group = group(1, 64);
    assertRuns(group, 1);
    long calm = group.watcher.tickNanos();
    for (int i = 0; i < 50; i++) {
      group.execute(this::stick);
    }
    await()
        .pollInterval(Duration.ofNanos(100_000))
        .until(() -> group.watcher.tickNanos() < calm / 10);
    assertRuns(group, 1);
    await().until(() -> group.watcher.tickNanos() == calm);
  }

  @Test
  void tasksWaitingBehindAStuckOneRun() throws Exception {
    Group group = group(1, 4);
    assertRuns(group, 1);
    CountDownLatch ran = new CountDownLatch(100);
    kernel.report(
        () -> {
          group.execute(this::stick);
          for (int i = 0; i < 100; i++) {
            group.execute(ran::countDown);
          }
        });
    assertTrue(ran.await(10, TimeUnit.SECONDS), group::toString);
    assertEquals(1, group.watcher.handOvers());
  }

  @Test
  void whenThereMayBeNoMoreSparesTheWatcherStillPolls() throws Exception {
    Group group = group(1, 2);
    CountDownLatch stuck = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      group.execute(
          () -> {
            stuck.countDown();
            stick();
          });
    }
    assertTrue(stuck.await(10, TimeUnit.SECONDS));
    await().until(() -> group.watcher.refusals() > 0);
    CountDownLatch heard = new CountDownLatch(1);
    kernel.report(heard::countDown);
    assertTrue(heard.await(10, TimeUnit.SECONDS));
    over.countDown();
    assertRuns(group, 10);
  }

  @Test
  void whenThereMayBeNoMoreSparesTheOtherCarrierDoesWhatAStuckOneCannot() throws Exception {
    Group group = group(2, 0);
    CountDownLatch stuck = new CountDownLatch(1);
    group.execute(
        () -> {
          stuck.countDown();
          stick();
        });
    assertTrue(stuck.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < 20; i++) {
      assertRuns(group, 1);
      CountDownLatch heard = new CountDownLatch(1);
      kernel.report(() -> group.execute(heard::countDown));
      assertTrue(heard.await(10, TimeUnit.SECONDS), group::toString);
    }
  }

  @Test
  void anInterruptDoesNotMakeTheWatcherSpin() throws Exception {
    Group group = group(1, 4);
    assertRuns(group, 1);
    await().until(() -> group.watcher.parked());
    Thread watcher = Objects.requireNonNull(group.watcher.thread());
    watcher.interrupt();
    await().until(() -> !watcher.isInterrupted() && group.watcher.parked());
  }

  @Test
  void aPollThatThrowsEndsNothing() throws Exception {
    Group group = group(1, 4);
    assertRuns(group, 1);
    for (int i = 0; i < 3; i++) {
      kernel.failures.set(2);
      kernel.wake();
      await().until(() -> kernel.failures.get() == 0);
      assertRuns(group, 10);
    }
  }

  /** The watcher has parked meanwhile, and would not see that the next task is stuck. */
  @Test
  void aWaitThatThrowsIsOverForTheWatcherToo() throws Exception {
    Group group = group(1, 4);
    assertRuns(group, 1);
    kernel.inPlaceOfWait.set(
        () -> {
          await().until(group.watcher::parked);
          group.execute(this::stick);
          throw new IllegalStateException("the test says so");
        });
    kernel.wake();
    await().until(() -> kernel.inPlaceOfWait.get() == null);
    assertRuns(group, 3);
  }

  @Test
  void tasksFromOutsideLeaveRoomForPolls() throws Exception {
    Group group = group(1, 0);
    int count = 1000;
    CountDownLatch all = new CountDownLatch(1);
    CountDownLatch ran = new CountDownLatch(count);
    List<Integer> polls = new ArrayList<>(); // one carrier, so one thread
    group.execute(() -> hold(all));
    for (int i = 0; i < count; i++) {
      group.execute(
          () -> {
            polls.add(kernel.polls.get());
            ran.countDown();
          });
    }
    all.countDown();
    assertTrue(ran.await(10, TimeUnit.SECONDS), group::toString);
    assertTrue(polls.getLast() - polls.getFirst() >= 10, () -> "polls " + polls);
  }

  @Test
  void aTaskThatThrowsEndsNothing() throws Exception {
    Group group = group(1, 4);
    group.execute(
        () -> {
          throw new IllegalStateException("the test says so");
        });
    assertRuns(group, 10);
  }

  /** Only an Error that nothing can catch ends one. Its processor must not go with it. */
  @Test
  void aProcessorWhoseCarrierHasDiedIsServedByAnother() throws Exception {
    Group group = group(1, 4);
    assertRuns(group, 1);
    Carrier dead = new Carrier(group, null);
    group.start(dead);
    dead.retire();
    dead.join();
    group.spares.push(dead);
    group.execute(this::stick);
    assertRuns(group, 1); // by the spare that the watcher keeps ready
    group.execute(this::stick);
    assertRuns(group, 10);
    assertTrue(group.watcher.handOvers() >= 2, "the dead one was not given the processor");
  }

  @Test
  void anIdleGroupDoesNothingAtAll() throws Exception {
    Group group = group(2, 4);
    assertRuns(group, 10);
    await().until(() -> group.watcher.parked());
    int polls = kernel.polls.get();
    await().during(Duration.ofMillis(300)).until(() -> group.watcher.parked());
    assertEquals(polls, kernel.polls.get());
    assertRuns(group, 10);
  }

  @Test
  void sparesThatNobodyNeedsEnd() throws Exception {
    Group group = group(1, 20);
    for (int i = 0; i < 10; i++) {
      group.execute(this::stick);
    }
    assertRuns(group, 1);
    over.countDown();
    await().until(() -> group.spares.size() >= 9);
    await().until(() -> group.spares.size() == 0);
    assertRuns(group, 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void allThreadsOfAGroupWithNothingToDoEndAndStartAgain(int carriers) throws Exception {
    Group group = shortLived(carriers, 4, IDLE_NANOS);
    for (int i = 0; i < 5; i++) {
      if (i % 2 == 1) {
        group.execute(GroupTest::compute); // so that helpers and spares come, too
        group.execute(GroupTest::compute);
        group.execute(GroupTest::compute);
      }
      assertRuns(group, 100);
      Thread watcher = Objects.requireNonNull(group.watcher.thread());
      await().until(() -> hasEnded(group));
      await().until(() -> !watcher.isAlive());
      assertEquals(0, group.watcher.spares());
    }
  }

  private static void compute() {
    long end = System.nanoTime() + 20_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** Tasks come around the moment at which the threads end. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void noTaskIsMissedByAGroupThatIsAboutToEnd(int carriers) throws Exception {
    Group group = shortLived(carriers, 4, 1);
    int ends = 0;
    for (int i = 0; i < 200; i++) {
      assertRuns(group, 1 + i % 3);
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(40_000_000));
      ends += hasEnded(group) ? 1 : 0;
    }
    assertTrue(ends > 0, "it never ended");
  }

  /** A thread may come to wait for a descriptor at any moment, and nobody would say so. */
  @Test
  void aGroupWithADescriptorKeepsItsThreads() throws Exception {
    Group group = shortLived(1, 4, IDLE_NANOS);
    kernel.registered = 1;
    assertRuns(group, 1);
    Thread watcher = Objects.requireNonNull(group.watcher.thread());
    await().during(Duration.ofNanos(10 * IDLE_NANOS)).until(watcher::isAlive);
    CountDownLatch heard = new CountDownLatch(1);
    kernel.report(() -> group.execute(heard::countDown));
    assertTrue(heard.await(10, TimeUnit.SECONDS));
    kernel.registered = 0;
    await().until(() -> hasEnded(group));
  }

  /** Its carrier comes back some time and must find somebody who ends it. */
  @Test
  void aStuckTaskKeepsTheThreadsOfAGroupUntilItEnds() throws Exception {
    Group group = shortLived(1, 4, IDLE_NANOS);
    group.execute(this::stick);
    assertRuns(group, 1);
    Thread watcher = Objects.requireNonNull(group.watcher.thread());
    await().during(Duration.ofNanos(10 * IDLE_NANOS)).until(watcher::isAlive);
    over.countDown();
    await().until(() -> hasEnded(group));
    assertRuns(group, 10);
  }

  @Test
  void longTasksGetACarrierEach() {
    assertTwoAtATime(group(2, 0));
  }

  @Test
  void longTasksGetACarrierEachAlsoBehindAnEnd() {
    Group group = shortLived(2, 0, IDLE_NANOS);
    for (int i = 0; i < 3; i++) {
      assertTwoAtATime(group);
      await().until(() -> hasEnded(group));
    }
  }

  /** While the leader is in a long task nobody else would look for those from outside. */
  @Test
  void longTasksFromOutsideGetACarrierEachToo() {
    Group group = group(2, 0);
    AtomicInteger together = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    await()
        .until(
            () -> {
              CountDownLatch done = new CountDownLatch(20);
              for (int i = 0; i < 20; i++) {
                group.execute(() -> computeTogether(together, most, done));
              }
              return done.await(10, TimeUnit.SECONDS) && most.get() == 2;
            });
  }

  private static void computeTogether(
      AtomicInteger together, AtomicInteger most, CountDownLatch done) {
    most.accumulateAndGet(together.incrementAndGet(), Math::max);
    long end = System.nanoTime() + 1_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    together.decrementAndGet();
    done.countDown();
  }

  /** As when the system has stopped a carrier for a while. */
  @Test
  void oneLongTaskMakesNoLongTasks() {
    Group group = group(1, 0);
    group.measured(3_600_000_000_000L);
    assertFalse(group.tasksAreLong());
    for (int i = 0; i < 10; i++) {
      group.measured(50_000);
    }
    assertTrue(group.tasksAreLong());
  }

  @Test
  void aTaskThatFindsNoThreadIsItsBringersAgain() throws Exception {
    Group group = group(1, 0);
    AtomicInteger ran = new AtomicInteger();
    Error none =
        Daemons.making(
            Refusing::thread,
            () -> assertThrows(Error.class, () -> group.execute(ran::incrementAndGet)));
    assertTrue(String.valueOf(none).contains("thread"), none::toString);
    assertRuns(group, 10);
    assertEquals(0, ran.get());
  }

  @Test
  void sparesThatHaveEndedMakeRoomForOthers() throws Exception {
    Group group = group(1, 2);
    for (int i = 0; i < 4; i++) {
      CountDownLatch release = new CountDownLatch(1);
      group.execute(() -> hold(release));
      assertRuns(group, 1); // by a spare
      release.countDown();
      await().until(() -> group.watcher.spares() == 0);
    }
  }

  private void assertTwoAtATime(Group group) {
    AtomicInteger together = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    await()
        .until(
            () -> {
              CountDownLatch done = new CountDownLatch(20);
              kernel.report(
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      group.execute(() -> computeTogether(together, most, done));
                    }
                  });
              group.start();
              return done.await(10, TimeUnit.SECONDS) && most.get() == 2;
            });
  }

  @Test
  void carriersAreDaemonsThatInheritNothing() throws Exception {
    Group group = group(1, 4);
    List<Thread> seen = new ArrayList<>();
    CountDownLatch ran = new CountDownLatch(1);
    InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
    local.set("mine");
    List<String> inherited = new ArrayList<>();
    group.execute(
        () -> {
          seen.add(Thread.currentThread());
          inherited.add("" + local.get());
          ran.countDown();
        });
    assertTrue(ran.await(10, TimeUnit.SECONDS));
    Thread carrier = seen.getFirst();
    assertTrue(carrier.isDaemon());
    assertTrue(carrier.getName().startsWith("gonet-carrier-"), carrier.getName());
    assertEquals(ClassLoader.getSystemClassLoader(), carrier.getContextClassLoader());
    assertEquals(List.of("null"), inherited);
  }
}
