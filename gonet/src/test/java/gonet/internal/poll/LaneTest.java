package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.time.Clock;
import gonet.support.Refusing;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What both lanes promise, whatever their kernel does. */
@Timeout(180)
class LaneTest {
  /** Less than a turn while nobody is new, and much more than one for newcomers. */
  private static final long LONG_TURN_NANOS = 25_000_000;

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final FakeKernel kernel = new FakeKernel();
  private final FakeDescriptor descriptor = new FakeDescriptor();

  /** A poller that is left busy keeps a processor from all later tests. */
  @AfterEach
  void calm() {
    kernel.busy = false;
  }

  private Poller lane(String name) {
    return name.equals("shared") ? new SharedLane(kernel) : new ThreadLane(kernel);
  }

  /** A read that parks, is woken by an edge and returns what came. */
  private void assertReadIsWoken(FD fd) throws Exception {
    assertReadIsWoken(descriptor, fd);
  }

  private void assertReadIsWoken(FakeDescriptor descriptor, FD fd) throws Exception {
    int before = descriptor.receive.calls();
    descriptor.receive.then(-EAGAIN);
    Call<Integer> read = Call.start(() -> fd.read(new byte[10], 0, 10, Clock.NONE));
    Eventually.until(() -> descriptor.receive.calls() > before && parked(read.thread()));
    descriptor.receive.then(10);
    kernel.edge(descriptor, Readiness.READ);
    assertEquals(10, read.result());
  }

  private static boolean parked(Thread thread) {
    return thread.getState() == Thread.State.WAITING;
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void anEdgeWakesAParkedThreadAgainAndAgain(String name) throws Exception {
    FD fd = new FD(descriptor, lane(name), true);
    for (int i = 0; i < 20; i++) {
      assertReadIsWoken(fd);
    }
    assertTrue(fd.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void aPollThatThrowsDoesNotEndTheLane(String name) throws Exception {
    FD fd = new FD(descriptor, lane(name), true);
    assertReadIsWoken(fd);
    kernel.failingPolls.set(3);
    while (kernel.failingPolls.get() > 0) {
      assertReadIsWoken(fd);
    }
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  @Test
  void aSleepThatThrowsDoesNotEndTheSharedLane() throws Exception {
    FD fd = new FD(descriptor, lane("shared"), true);
    kernel.failingSleeps.set(3);
    assertReadIsWoken(fd);
    while (kernel.failingSleeps.get() > 0) {
      assertReadIsWoken(fd);
    }
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  @Test
  void anIdleSharedLaneDoesNotPoll() throws Exception {
    FD fd = new FD(descriptor, lane("shared"), true);
    assertReadIsWoken(fd);
    // Settled when a while has passed without a poll; a lane that spins never gets there.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              int before = kernel.polls.get();
              await().during(Duration.ofMillis(300)).until(() -> true);
              return kernel.polls.get() == before;
            });
    assertTrue(fd.close());
  }

  @Test
  void aBusySharedLaneHandsOverToANewThreadAndStaysAlive() throws Exception {
    FD fd = new FD(descriptor, lane("shared"), true);
    assertReadIsWoken(fd);
    kernel.busy = true;
    assertReadIsWoken(fd);
    await().until(() -> kernel.pollers.size() > 10);
    kernel.busy = false;
    assertReadIsWoken(fd);
    await()
        .until(
            () -> kernel.pollers.stream().filter(t -> t.isVirtual() && t.isAlive()).count() == 1);
    assertTrue(fd.close());
  }

  /** As for want of memory, or of a platform thread for the first carrier. */
  @Test
  void aSharedLaneServesAlthoughItsFirstThreadsCannotBeStarted() throws Exception {
    AtomicInteger refused = new AtomicInteger(5);
    FD fd = new FD(descriptor, new SharedLane(kernel, reluctant(refused), Long.MAX_VALUE), true);
    assertReadIsWoken(fd);
    await().until(() -> refused.get() == 0 && polledByAVirtualThread());
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPollerWhoseSuccessorsCannotBeStartedGoesOn(boolean made) throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Function<Runnable, Thread> threads = made ? unstartable(refused) : reluctant(refused);
    FD fd = new FD(descriptor, new SharedLane(kernel, threads, Long.MAX_VALUE), true);
    assertReadIsWoken(fd);
    refused.set(3);
    kernel.busy = true;
    assertReadIsWoken(fd);
    await().until(() -> refused.get() == 0);
    int before = kernel.pollers.size();
    await().until(() -> kernel.pollers.size() > before);
    kernel.busy = false;
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  @Test
  void aPollerThatDiesIsReplaced() throws Exception {
    AtomicInteger dying = new AtomicInteger(3);
    Function<Runnable, Thread> threads =
        task ->
            Thread.ofVirtual()
                .unstarted(dying.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? () -> {} : task);
    FD fd = new FD(descriptor, new SharedLane(kernel, threads, Long.MAX_VALUE), true);
    assertReadIsWoken(fd);
    await().until(this::polledByAVirtualThread);
    dying.set(3);
    kernel.busy = true; // so that it hands over
    assertReadIsWoken(fd);
    await().until(() -> dying.get() == 0);
    int before = kernel.pollers.size();
    await().until(() -> kernel.pollers.size() > before + 2);
    kernel.busy = false;
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  /** As one that napped while there was no memory for its timer. */
  @Test
  void aPollerWhoseNapNeverEndsIsReplaced() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch over = new CountDownLatch(1);
    Function<Runnable, Thread> threads =
        task -> Thread.ofVirtual().unstarted(made.incrementAndGet() == 1 ? napping(over) : task);
    FD fd = new FD(descriptor, new SharedLane(kernel, threads, Long.MAX_VALUE), true);
    assertReadIsWoken(fd);
    await().until(this::polledByAVirtualThread);
    assertReadIsWoken(fd);
    over.countDown();
    assertTrue(fd.close());
  }

  private static Runnable napping(CountDownLatch over) {
    return () -> {
      try {
        assertTrue(over.await(1, TimeUnit.HOURS));
      } catch (InterruptedException e) {
        // So it ends.
      }
    };
  }

  /** A park returns at once while the interrupt status is set: the loop around it would spin. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void anInterruptOfAThreadOfTheLaneIsForgotten(String name) throws Exception {
    Poller lane = lane(name);
    FD fd = new FD(descriptor, lane, true);
    assertReadIsWoken(fd);
    for (Thread poller : kernel.pollers) {
      if (poller.isVirtual()) {
        await().until(() -> parked(poller) || !poller.isAlive());
      }
      poller.interrupt();
      await().until(() -> !poller.isInterrupted());
    }
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void theThreadsOfALaneWithoutDescriptorsEndAndStartAgain(String name) throws Exception {
    Set<Thread> polled = ConcurrentHashMap.newKeySet();
    Function<Runnable, Thread> threads =
        task -> {
          Thread thread = Thread.ofVirtual().unstarted(task);
          polled.add(thread);
          return thread;
        };
    Poller lane =
        name.equals("shared")
            ? new SharedLane(kernel, threads, IDLE_NANOS)
            : new ThreadLane(kernel, IDLE_NANOS);
    for (int i = 0; i < 5; i++) {
      FakeDescriptor own = new FakeDescriptor();
      FD fd = new FD(own, lane, true);
      assertReadIsWoken(own, fd);
      Thread sleeper = lane.sleeper();
      assertTrue(fd.close());
      await().until(() -> !sleeper.isAlive());
      assertEquals(null, lane.sleeper());
      await().until(() -> polled.stream().noneMatch(Thread::isAlive));
    }
  }

  /** While a descriptor is registered somebody may wait for it at any moment. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void aLaneWithADescriptorKeepsItsThreads(String name) throws Exception {
    Poller lane =
        name.equals("shared")
            ? new SharedLane(kernel, Thread.ofVirtual()::unstarted, IDLE_NANOS)
            : new ThreadLane(kernel, IDLE_NANOS);
    FD fd = new FD(descriptor, lane, true);
    assertReadIsWoken(fd);
    Thread sleeper = lane.sleeper();
    await().during(Duration.ofNanos(10 * IDLE_NANOS)).until(sleeper::isAlive);
    assertReadIsWoken(fd);
    assertTrue(fd.close());
  }

  /** Registrations come and go around the moment at which the threads end. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "thread"})
  void noRegistrationIsMissedByALaneThatIsAboutToEnd(String name) throws Exception {
    Poller lane =
        name.equals("shared")
            ? new SharedLane(kernel, Thread.ofVirtual()::unstarted, 1)
            : new ThreadLane(kernel, 1);
    for (int i = 0; i < 300; i++) {
      FakeDescriptor own = new FakeDescriptor();
      FD fd = new FD(own, lane, true);
      assertReadIsWoken(own, fd);
      assertTrue(fd.close());
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
    }
  }

  private boolean polledByAVirtualThread() {
    return kernel.pollers.stream().anyMatch(Thread::isVirtual);
  }

  private static Function<Runnable, Thread> unstartable(AtomicInteger refused) {
    return task ->
        refused.getAndUpdate(left -> Math.max(0, left - 1)) > 0
            ? Refusing.thread("refused", task)
            : Thread.ofVirtual().unstarted(task);
  }

  private static Function<Runnable, Thread> reluctant(AtomicInteger refused) {
    return task -> {
      if (refused.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new OutOfMemoryError("made for this test");
      }
      return Thread.ofVirtual().unstarted(task);
    };
  }

  @Test
  void aNewConnectionShortensTheTurns() throws Exception {
    Poller lane = lane("shared");
    FD fd = new FD(descriptor, lane, true);
    assertReadIsWoken(fd);
    kernel.busy = true;
    assertReadIsWoken(fd);
    // A busy machine makes a turn longer, or shorter: the thread that has begun it may wait for a
    // core before it polls first.
    kernel.turns.clear();
    await().until(() -> kernel.turns.stream().anyMatch(t -> t > LONG_TURN_NANOS));
    kernel.turns.clear();
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              lane.newConnection();
              return kernel.turns.size() >= 9
                  && kernel.turns.stream().anyMatch(t -> t < LONG_TURN_NANOS / 2);
            });
    kernel.busy = false;
    assertTrue(fd.close());
  }

  @Test
  void aLaneStartsItsThreadsWithTheFirstWaitOnly() throws Exception {
    Poller lane = lane("shared");
    FD fd = new FD(descriptor, lane, true);
    descriptor.receive.then(10);
    assertEquals(10, fd.read(new byte[10], 0, 10, Clock.NONE));
    fd.write(new byte[10], 0, 10, Clock.NONE);
    assertEquals(null, lane.sleeper());
    assertReadIsWoken(fd);
    assertFalse(lane.sleeper() == null);
    assertTrue(fd.close());
  }
}
