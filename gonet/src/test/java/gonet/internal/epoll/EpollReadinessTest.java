package gonet.internal.epoll;

import static gonet.internal.backend.Readiness.HANGUP;
import static gonet.internal.backend.Readiness.READ;
import static gonet.internal.backend.Readiness.STICKY;
import static gonet.internal.backend.Readiness.WRITE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness.Sink;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.support.Proves;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
@Proves({"S7", "S11"})
class EpollReadinessTest {
  private static final long FOREVER = -1;
  private static final long SECONDS_10 = TimeUnit.SECONDS.toNanos(10);

  private final byte[] buf = new byte[64];
  private EpollReadiness readiness;
  private TcpPair pair;

  @BeforeEach
  void open() throws Exception {
    readiness = EpollReadiness.open();
    pair = TcpPair.open();
  }

  @AfterEach
  void close() {
    readiness.deregister(pair.server());
    pair.close();
    readiness.close();
  }

  /** Remembers what it was told. */
  private static final class Log implements Sink {
    private final List<Integer> reports = new ArrayList<>();

    @Override
    public void ready(int events) {
      reports.add(events);
    }

    int all() {
      return reports.stream().reduce(0, (a, b) -> a | b);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x1, 1", // IN
    "0x4, 2", // OUT
    "0x5, 3", // IN OUT
    "0x2, 5", // PRI
    "0x2001, 13", // IN RDHUP, the peer's FIN
    "0x8, 7", // ERR
    "0x10, 15", // HUP
    "0x201d, 15" // IN OUT ERR HUP RDHUP, a reset
  })
  void kernelEventsBecomeReadWriteStickyAndHangup(String events, int bits) {
    assertEquals(bits, EpollReadiness.ready(Integer.decode(events)));
  }

  @Test
  void anEdgeIsToldOnceAndTheNextOneAgain() throws Exception {
    Log log = new Log();
    readiness.register(pair.server(), log);
    assertEquals(1, readiness.poll(SECONDS_10));
    assertEquals(List.of(WRITE), log.reports);
    assertEquals(0, readiness.poll(0));

    pair.client().send(buf, 0, 1);
    assertEquals(1, readiness.poll(SECONDS_10));
    assertEquals(List.of(WRITE, READ | WRITE), log.reports);
    assertEquals(0, readiness.poll(0));

    pair.client().send(buf, 0, 1);
    assertEquals(1, readiness.poll(SECONDS_10));
  }

  @Test
  void anEndAResetAndUrgentDataAreSticky() throws Exception {
    Log end = new Log();
    readiness.register(pair.server(), end);
    pair.client().shutdownWrite();
    pollUntil(end, READ | STICKY | HANGUP);

    try (TcpPair other = TcpPair.open()) {
      Log reset = new Log();
      readiness.register(other.server(), reset);
      other.client().setOption(Option.LINGER, 0);
      other.client().close();
      pollUntil(reset, READ | WRITE | STICKY | HANGUP);
      readiness.deregister(other.server());
    }
  }

  @Test
  void afterDeregisteringNothingIsTold() throws Exception {
    Log log = new Log();
    readiness.register(pair.server(), log);
    assertEquals(1, readiness.registered());
    pair.client().send(buf, 0, 1);
    readiness.deregister(pair.server());
    assertEquals(0, readiness.registered());
    assertEquals(0, readiness.poll(0));
    assertTrue(log.reports.isEmpty());
  }

  /** A duplicate keeps what the kernel knows of the socket beyond its close. */
  @Test
  void afterDeregisteringNothingWakesAPoll() throws Exception {
    readiness.register(pair.server(), new Log());
    assertEquals(1, readiness.poll(0));
    readiness.deregister(pair.server());
    pair.client().send(buf, 0, 1);
    assertWaits(20_000_000);
  }

  private void assertWaits(long nanos) {
    long start = System.nanoTime();
    assertEquals(0, readiness.poll(nanos));
    assertTrue(System.nanoTime() - start >= nanos, "something has ended the wait");
  }

  @Test
  void deregisteringAStrangerIsHarmless() throws Exception {
    readiness.deregister(pair.server());
    readiness.register(pair.server(), new Log());
    readiness.deregister(new EpollDescriptor(pair.server().number(), 2));
    assertEquals(1, readiness.registered());
    readiness.deregister(pair.server());
    readiness.deregister(pair.server());
    assertEquals(0, readiness.registered());
  }

  @Test
  @Proves("D13")
  void aRefusedRegistrationLeavesNothingBehind() {
    Descriptor nobody = new EpollDescriptor(1_000_000, 2);
    SyscallException e =
        assertThrows(SyscallException.class, () -> readiness.register(nobody, new Log()));
    assertEquals("epoll_ctl", e.call());
    assertEquals(Errno.EBADF, e.errno());
    assertEquals(0, readiness.registered());
    readiness.deregister(nobody);
    assertEquals(0, readiness.registered());
  }

  /** The kernel would answer EEXIST, had it not been told of the end of the first time. */
  @Test
  void aDescriptorMayLeaveAndComeBack() throws Exception {
    readiness.register(pair.server(), new Log());
    readiness.deregister(pair.server());
    Log log = new Log();
    readiness.register(pair.server(), log);
    pollUntil(log, WRITE);
  }

  @Test
  void oneAddServesAnyNumberOfEdges() throws Exception {
    int before = readiness.registrations();
    Log log = new Log();
    readiness.register(pair.server(), log);
    for (int i = 0; i < 20; i++) {
      pair.client().send(buf, 0, 1);
      pollUntil(log, READ);
      log.reports.clear();
    }
    assertEquals(before + 1, readiness.registrations());
  }

  /**
   * Two sockets are ready in one batch. The first one's sink closes the second and registers a new
   * socket that gets its number; the event that is already fetched belongs to nobody any more.
   */
  @Test
  @Proves("B62")
  void anEventFetchedForAClosedSocketDoesNotReachTheNextOwnerOfItsNumber() throws Exception {
    TcpPair victim = TcpPair.open();
    int number = victim.server().number();
    Log heir = new Log();
    Descriptor[] reused = new Descriptor[1];
    List<Descriptor> spares = new ArrayList<>();
    readiness.register(
        pair.server(),
        events -> {
          if (reused[0] == null && (events & READ) != 0) {
            readiness.deregister(victim.server());
            victim.server().close();
            reused[0] = openWithNumber(number, spares);
            register(reused[0], heir);
          }
        });
    readiness.register(victim.server(), events -> {});
    readiness.poll(0);
    pair.client().send(buf, 0, 1);
    TcpPair.until(() -> pair.server().availableBytes() == 1);
    victim.client().send(buf, 0, 1);
    TcpPair.until(() -> victim.server().availableBytes() == 1);

    assertEquals(1, readiness.poll(0));
    assertEquals(List.of(), heir.reports);

    readiness.deregister(reused[0]);
    reused[0].close();
    victim.client().close();
    spares.forEach(Descriptor::close);
  }

  @Test
  void aSinkThatThrowsDoesNotCostTheOthersTheirReports() throws Exception {
    List<TcpPair> pairs = new ArrayList<>();
    List<Log> logs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      pairs.add(TcpPair.open());
    }
    Error failure = new Error("sink");
    for (TcpPair each : pairs) {
      Log log = new Log();
      logs.add(log);
      readiness.register(
          each.server(),
          events -> {
            log.ready(events);
            throw failure;
          });
    }
    var e = assertThrows(IllegalStateException.class, () -> readiness.poll(SECONDS_10));
    assertEquals(failure, e.getCause());
    for (Log log : logs) {
      assertEquals(1, log.reports.size());
    }
    for (TcpPair each : pairs) {
      readiness.deregister(each.server());
      each.close();
    }
  }

  // ---- sleeping --------------------------------------------------------------------------------

  @Test
  void armingWithSomethingReadyEndsTheSleepAtOnce() throws Exception {
    readiness.register(pair.server(), new Log());
    readiness.armSleeper();
    assertTrue(readiness.sleep(SECONDS_10));
    assertEquals(1, readiness.poll(0));
  }

  @Test
  void oneArmingEndsOneSleep() throws Exception {
    readiness.register(pair.server(), new Log());
    readiness.armSleeper();
    assertTrue(readiness.sleep(SECONDS_10));
    assertFalse(readiness.sleep(0), "disarmed, though the event is still there");
    readiness.armSleeper();
    assertTrue(readiness.sleep(SECONDS_10));
  }

  @Test
  void aSleeperWakesForAnEdgeThatComesLater() throws Exception {
    Log log = new Log();
    readiness.register(pair.server(), log);
    readiness.poll(0);
    log.reports.clear();
    readiness.armSleeper();
    assertFalse(readiness.sleep(0));
    pair.client().send(buf, 0, 1);
    assertTrue(readiness.sleep(SECONDS_10));
    assertEquals(1, readiness.poll(0));
    assertEquals(READ | WRITE, log.all());
  }

  @Test
  void aSleepIsNeverShorterThanAsked() {
    readiness.armSleeper();
    for (int i = 0; i < 20; i++) { // the kernel may be late, but not each time
      for (long nanos : new long[] {1, 900_000, 1_500_001}) {
        long start = System.nanoTime();
        assertFalse(readiness.sleep(nanos));
        assertTrue(System.nanoTime() - start >= nanos);
      }
    }
  }

  // ---- waking ----------------------------------------------------------------------------------

  @Test
  void aWakeEndsAPollThatWaits() throws Exception {
    CompletableFuture<Integer> polled = polling();
    readiness.wake();
    assertEquals(0, polled.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aWakeBeforehandEndsTheNextPollThatWaitsAndNoFurther() {
    readiness.wake();
    readiness.wake();
    assertEquals(0, readiness.poll(0));
    long start = System.nanoTime();
    assertEquals(0, readiness.poll(SECONDS_10));
    assertTrue(System.nanoTime() - start < SECONDS_10, "the wake was lost");
    start = System.nanoTime();
    readiness.poll(0);
    assertEquals(0, readiness.poll(2_000_000));
    assertTrue(System.nanoTime() - start >= 1_000_000, "the wake was used twice");
  }

  @Test
  void aWakeEndsASleep() throws Exception {
    readiness.armSleeper();
    CompletableFuture<Boolean> slept =
        CompletableFuture.supplyAsync(() -> readiness.sleep(FOREVER), Thread::startVirtualThread);
    readiness.wake();
    assertTrue(slept.get(10, TimeUnit.SECONDS));
  }

  /** Polls that do not wait take the edge of the wake, and have to give it back. */
  @Test
  void pollsOfOthersTakeNoWakeAway() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (var executor = Executors.newFixedThreadPool(1)) {
      Future<?> thief = executor.submit(() -> pollUntil(stop));
      try {
        for (int i = 0; i < 200; i++) {
          CompletableFuture<Integer> polled = polling();
          readiness.wake();
          assertEquals(0, polled.get(10, TimeUnit.SECONDS));
        }
      } finally {
        stop.set(true);
      }
      thief.get(10, TimeUnit.SECONDS);
    }
  }

  /** The same, one step at a time; the thread that waits is a sleeper that nothing can wake yet. */
  @Test
  void aPollThatTakesTheEdgeOfAWakeGivesItBack() throws Exception {
    CompletableFuture<Boolean> slept =
        CompletableFuture.supplyAsync(
            () -> readiness.sleep(FOREVER), task -> Thread.ofPlatform().daemon().start(task));
    AtomicInteger waiters = waiters();
    await().until(() -> waiters.get() == 1);
    readiness.wake();
    assertEquals(0, readiness.poll(0));
    readiness.armSleeper();
    assertTrue(slept.get(10, TimeUnit.SECONDS));
  }

  private AtomicInteger waiters() throws ReflectiveOperationException {
    Field field = EpollReadiness.class.getDeclaredField("waiters");
    field.setAccessible(true);
    return (AtomicInteger) field.get(readiness);
  }

  @Test
  void aWakeIsOverWithTheSleepThatItEnded() throws Exception {
    for (int i = 0; i < 3; i++) {
      readiness.armSleeper();
      readiness.wake();
      assertTrue(readiness.sleep(SECONDS_10), "wake " + i);
      assertEquals(0, readiness.poll(0));
    }
  }

  /** More threads than there are buffers poll at once; every edge of every socket reaches one. */
  @Test
  void pollsOfManyThreadsAtOnceLoseNoEdge() throws Exception {
    List<TcpPair> pairs = new ArrayList<>();
    AtomicInteger bytes = new AtomicInteger();
    for (int i = 0; i < 16; i++) {
      TcpPair each = TcpPair.open();
      pairs.add(each);
      readiness.register(each.server(), counting(each.server(), bytes));
    }
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<?>> polls = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        polls.add(executor.submit(() -> pollUntil(stop)));
      }
      try {
        for (int i = 1; i <= 200; i++) {
          int sent = i * pairs.size();
          for (TcpPair each : pairs) {
            each.client().send(new byte[1], 0, 1);
          }
          TcpPair.until(() -> bytes.get() == sent);
        }
      } finally {
        stop.set(true);
      }
      for (Future<?> poll : polls) {
        poll.get(10, TimeUnit.SECONDS);
      }
    }
    pairs.forEach(TcpPair::close);
  }

  /** Reads what is there; two threads may report one socket at the same time. */
  private static Sink counting(Descriptor descriptor, AtomicInteger bytes) {
    byte[] into = new byte[64];
    return events -> {
      synchronized (into) {
        bytes.addAndGet(Math.max(0, descriptor.receive(into, 0, into.length)));
      }
    };
  }

  private void pollUntil(AtomicBoolean stop) {
    while (!stop.get()) {
      readiness.poll(0);
    }
  }

  private CompletableFuture<Integer> polling() {
    CompletableFuture<Integer> polled = new CompletableFuture<>();
    Thread thread = new Thread(() -> polled.complete(readiness.poll(FOREVER)));
    thread.setDaemon(true);
    thread.start();
    return polled;
  }

  private void pollUntil(Log log, int bits) {
    TcpPair.until(
        () -> {
          readiness.poll(0);
          return (log.all() & bits) == bits;
        });
  }

  private static Descriptor openWithNumber(int number, List<Descriptor> spares) {
    while (true) {
      try {
        Descriptor opened = TcpPair.SOCKETS.openTcp(Family.INET4);
        if (opened.number() == number) {
          return opened;
        }
        spares.add(opened);
      } catch (SyscallException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void register(Descriptor descriptor, Sink sink) {
    try {
      readiness.register(descriptor, sink);
    } catch (SyscallException e) {
      throw new AssertionError(e);
    }
  }
}
