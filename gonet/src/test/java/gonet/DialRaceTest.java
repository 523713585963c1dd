package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.dial.DialRace;
import gonet.internal.dial.DialSerial;
import gonet.internal.time.Clock;
import gonet.support.NeedsIpv6;
import gonet.support.Proves;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two families against each other. Go: {@code TestDialParallel}, {@code
 * TestDialParallelSpuriousConnection}, {@code TestDialerDualStackFDLeak}.
 *
 * <p>A delay that must pass is short, one that must not is longer than any test may take: so a slow
 * machine fails nothing.
 */
@NeedsIpv6
@Timeout(180)
class DialRaceTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration NEVER = Duration.ofHours(1);

  private final DialTargets targets = new DialTargets();
  private final List<Thread> seconds = new CopyOnWriteArrayList<>();
  private long registered;

  DialRaceTest() throws IOException {}

  @BeforeEach
  void look() throws IOException {
    Thread.interrupted();
    Net.listen("tcp", "127.0.0.1:0").close(); // so that there is a poller to ask
    registered = Net.stats().registered();
  }

  /** Whatever the outcome: no racer runs on, and no connection stays but the caller's own. */
  @AfterEach
  void nothingIsLeft() throws IOException {
    Thread.interrupted();
    try {
      await()
          .until(
              () ->
                  seconds.stream().noneMatch(Thread::isAlive)
                      && Net.stats().registered() <= registered);
    } finally {
      targets.close();
    }
  }

  /** The thread that dials the fallbacks, as it is by default, and kept in mind. */
  private Thread second(Runnable body) {
    Thread thread = Net.threads().unstarted(body);
    seconds.add(thread);
    return thread;
  }

  private static boolean onSecond() {
    return Thread.currentThread().getName().startsWith("gonet-dial");
  }

  private TcpConn race(Duration delay, String primaries, String fallbacks) throws IOException {
    return race(null, delay, primaries, fallbacks);
  }

  private TcpConn race(SocketControl control, Duration delay, String primaries, String fallbacks)
      throws IOException {
    return race(control, this::second, Clock.NONE, delay, primaries, fallbacks);
  }

  private TcpConn race(
      SocketControl control,
      ThreadFactory threads,
      long limit,
      Duration delay,
      String primaries,
      String fallbacks)
      throws IOException {
    SocketSettings settings = SocketSettings.DEFAULTS.withControl(control);
    DialSerial<TcpAddr, TcpConn> serial = serial(settings, limit);
    return new DialRace<>(serial, delay.toNanos(), threads)
        .dial(targets.list(primaries), targets.list(fallbacks));
  }

  private static DialSerial<TcpAddr, TcpConn> serial(SocketSettings settings, long limit) {
    return new DialSerial<>(new TcpSockets.Dial(settings, "tcp", null), limit);
  }

  @ParameterizedTest
  @CsvSource({
    "live4, live6, live4",
    "live6, live4, live6",
    "live4 refused4, silent6, live4",
    "live6 refused6, silent4, live6",
    "refused4 live4, silent6, live4",
    "refused6 refused6 live6, live4, live6",
  })
  void primariesThatAnswerNeedNoFallback(String primaries, String fallbacks, String winner)
      throws Exception {
    try (TcpConn conn = race(NEVER, primaries, fallbacks)) {
      assertEquals(targets.named(winner), conn.remoteAddr());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "silent4, live6, live6",
    "silent6, live4, live4",
    "silent4 live4, live6, live6",
    "refused6 silent6, refused4 live4, live4",
  })
  void silentPrimariesAreJoinedByTheFallbacksAfterTheDelay(
      String primaries, String fallbacks, String winner) throws Exception {
    long start = System.nanoTime();
    try (TcpConn conn = race(SHORT, primaries, fallbacks)) {
      assertEquals(targets.named(winner), conn.remoteAddr());
    }
    assertTrue(System.nanoTime() - start >= SHORT.toNanos(), "the fallbacks did not wait");
  }

  @Test
  void withNoDelayAtAllTheFallbacksJoinAtOnce() throws Exception {
    try (TcpConn conn = race(Duration.ZERO, "silent4", "live6")) {
      assertEquals(targets.named("live6"), conn.remoteAddr());
    }
  }

  @ParameterizedTest
  @CsvSource({"refused4, live6", "refused6 refused6, refused4 live4"})
  void primariesThatFailAreFollowedByTheFallbacksAtOnce(String primaries, String fallbacks)
      throws Exception {
    try (TcpConn conn = race(NEVER, primaries, fallbacks)) {
      assertEquals(targets.live().getLocalPort(), conn.remoteAddr().port());
    }
  }

  @ParameterizedTest
  @CsvSource({"refused4, refused6", "refused6 refused6, refused4"})
  void whenBothFailTheFirstPrimaryTellsWhyAndTheOthersAreInIt(String primaries, String fallbacks)
      throws Exception {
    NetConnectException e =
        assertThrows(NetConnectException.class, () -> race(NEVER, primaries, fallbacks));
    assertEquals(targets.list(primaries).getFirst(), e.addr());
    assertEquals("ECONNREFUSED", e.errno());
    List<TcpAddr> others = targets.list(primaries + " " + fallbacks);
    assertEquals(
        others.subList(1, others.size()),
        List.of(e.getSuppressed()).stream().map(t -> ((NetFailure) t).addr()).toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3_600_000})
  void anInterruptEndsARaceThatNobodyWins(long delayMillis) throws Exception {
    AtomicInteger sockets = new AtomicInteger();
    SocketControl count = (_, _, _) -> sockets.incrementAndGet();
    Background<TcpConn> dial =
        Background.call(() -> race(count, Duration.ofMillis(delayMillis), "silent4", "silent6"));
    await().until(() -> sockets.get() == (delayMillis == 0 ? 2 : 1));
    dial.awaitParked().interrupt();
    NetInterruptedException e = dial.failure(NetInterruptedException.class);
    assertEquals(
        "dial tcp " + targets.named("silent4") + ": operation was canceled", e.getMessage());
  }

  /** The primaries have failed by then, so that the caller waits for the second thread alone. */
  @Test
  void anInterruptEndsTheWaitForTheFallbacks() throws Exception {
    CountDownLatch secondBegan = new CountDownLatch(1);
    AtomicReference<Thread> caller = new AtomicReference<>();
    SocketControl control =
        (_, _, _) -> {
          if (onSecond()) {
            secondBegan.countDown();
          } else {
            caller.set(Thread.currentThread());
            pass(secondBegan);
          }
        };
    Background<TcpConn> dial =
        Background.call(() -> race(control, Duration.ZERO, "refused4", "silent6"));
    await()
        .until(
            () ->
                caller.get() != null
                    && Arrays.stream(caller.get().getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("awaitSecond")));
    dial.interrupt();
    NetInterruptedException e = dial.failure(NetInterruptedException.class);
    assertEquals(
        List.of(targets.named("refused4")),
        List.of(e.getSuppressed()).stream().map(t -> ((NetFailure) t).addr()).toList());
  }

  @Test
  @Proves("node-dial-abort")
  void aCallerWhoIsInterruptedAlreadyGetsNoConnection() throws Exception {
    Thread.currentThread().interrupt();
    assertThrows(NetInterruptedException.class, () -> race(SHORT, "live4", "live6"));
    assertTrue(Thread.interrupted(), "the interrupt status is gone");
  }

  /** Both racers stand before their connect until both are there. */
  @RepeatedTest(10)
  @Proves("dialer-race")
  void ofTwoConnectionsOneIsReturnedAndTheOtherClosedWithoutAByte() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    SocketControl meet = (_, _, _) -> arrive(both);
    try (TcpConn winner = race(meet, Duration.ZERO, "live4", "live6")) {
      winner.write(new byte[] {7});
      int won = 0;
      for (Socket socket : accepted()) {
        try (socket) {
          if (socket.getPort() == winner.localAddr().port()) {
            won++;
            assertEquals(7, socket.getInputStream().read());
          } else {
            assertEquals(-1, readOrReset(socket));
          }
        }
      }
      assertEquals(1, won);
    }
  }

  /** What both racers have brought about: the loser may have been stopped before its handshake. */
  private List<Socket> accepted() throws IOException {
    await().until(() -> seconds.stream().noneMatch(Thread::isAlive));
    List<Socket> all = new ArrayList<>(List.of(targets.live().accept()));
    targets.live().setSoTimeout(100);
    try {
      for (; ; ) {
        all.add(targets.live().accept());
      }
    } catch (SocketTimeoutException e) {
      return all;
    }
  }

  private static int readOrReset(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1; // closed in the middle of the handshake
    }
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void arrive(CyclicBarrier both) {
    try {
      both.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Proves("B12")
  void aConnectionThatComesAfterTheCallerHasGoneIsClosed() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    CountDownLatch secondBegan = new CountDownLatch(1);
    SocketControl waitUntilGone =
        (_, _, _) -> {
          while (onSecond() && gone.getCount() > 0) {
            secondBegan.countDown();
            try {
              gone.await();
            } catch (InterruptedException e) {
              // Stays on, as a slow system call would, and so brings a connection home.
            }
          }
        };
    Background<TcpConn> dial =
        Background.call(() -> race(waitUntilGone, Duration.ZERO, "silent4", "live6"));
    pass(secondBegan);
    dial.awaitParked().interrupt();
    dial.failure(NetInterruptedException.class);
    gone.countDown();
    // nothingIsLeft() sees whether the racers closed what they got.
  }

  @Test
  void theStackTraceOfAFailureIsTheCallersOwn() {
    IOException e = assertThrows(IOException.class, () -> race(NEVER, "refused4", "refused6"));
    assertTrue(
        Arrays.stream(e.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(getClass().getName())),
        () -> Arrays.toString(e.getStackTrace()));
  }

  /** A control hook's own failure is the caller's, with a race as without. */
  @ParameterizedTest
  @ValueSource(longs = {0, 3_600_000})
  void whateverTheControlThrowsReachesTheCaller(long delayMillis) {
    for (Throwable thrown :
        List.of(
            new IllegalStateException("broken"),
            new AssertionError("broken"),
            new Exception("checked, and declared nowhere"))) {
      SocketControl control =
          (_, _, _) -> {
            throw DialRaceTest.<RuntimeException>undeclared(thrown);
          };
      assertSame(
          thrown,
          assertThrows(
              thrown.getClass(),
              () -> race(control, Duration.ofMillis(delayMillis), "live4", "live6")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whateverTheControlThrowsAtTheFallbacksReachesTheCallerWhoHasNoOther(boolean onSecond) {
    for (Throwable thrown :
        List.of(
            new IllegalStateException("broken"),
            new AssertionError("broken"),
            new Exception("checked, and declared nowhere"))) {
      CountDownLatch secondThrows = new CountDownLatch(onSecond ? 1 : 0);
      SocketControl control =
          (network, _, _) -> {
            if (network.equals("tcp6")) {
              secondThrows.countDown();
              throw DialRaceTest.<RuntimeException>undeclared(thrown);
            }
            pass(secondThrows);
          };
      Duration delay = onSecond ? Duration.ZERO : NEVER;
      assertSame(
          thrown, assertThrows(thrown.getClass(), () -> race(control, delay, "refused4", "live6")));
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException undeclared(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** The caller leaves, by an interrupt or an exception, when the second thread has won already. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatTheCallerDoesNotTakeIsClosed(boolean interrupt) throws Exception {
    SocketControl leave =
        (_, _, _) -> {
          if (!onSecond()) {
            await().until(() -> !seconds.isEmpty() && !seconds.getFirst().isAlive());
            if (!interrupt) {
              throw new IllegalStateException("broken");
            }
            Thread.currentThread().interrupt();
          }
        };
    Class<? extends Exception> type =
        interrupt ? NetInterruptedException.class : IllegalStateException.class;
    assertThrows(type, () -> race(leave, Duration.ZERO, "silent4", "live6"));
    assertEquals(interrupt, Thread.interrupted());
    try (Socket untaken = targets.live().accept()) {
      assertEquals(-1, readOrReset(untaken));
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  @Test
  @Proves("dialer-race")
  void theCallerDialsThePrimariesAndAVirtualThreadTheFallbacks() throws Exception {
    List<Thread> dialers = new CopyOnWriteArrayList<>();
    SocketSettings settings =
        SocketSettings.DEFAULTS.withControl((_, _, _) -> dialers.add(Thread.currentThread()));
    DialSerial<TcpAddr, TcpConn> serial = serial(settings, Clock.NONE);
    DialRace<TcpAddr, TcpConn> race =
        new DialRace<>(serial, 0); // with the threads of its own choice
    race.dial(targets.list("silent4"), targets.list("live6")).close();
    assertEquals(2, dialers.size());
    assertTrue(dialers.remove(Thread.currentThread()));
    assertTrue(dialers.getFirst().isVirtual(), () -> dialers + "");
    seconds.addAll(dialers);
  }

  @Test
  void aThreadThatCannotBeHadIsDoneWithout() throws Exception {
    ThreadFactory noMemory =
        _ -> {
          throw new OutOfMemoryError("unable to create a thread, says the test");
        };
    try (TcpConn conn =
        race(null, noMemory, Clock.NONE, Duration.ZERO, "refused4 refused4", "refused6 live6")) {
      assertEquals(targets.named("live6"), conn.remoteAddr());
    }
    NetConnectException e =
        assertThrows(
            NetConnectException.class,
            () -> race(null, noMemory, Clock.NONE, Duration.ZERO, "refused4", "refused6"));
    assertEquals(targets.named("refused4"), e.addr());
    assertEquals(1, e.getSuppressed().length);
  }

  /** As where the caller is pinned to the last carrier. */
  @ParameterizedTest
  @Proves("dialer-race")
  @ValueSource(longs = {0, 3_600_000})
  void aThreadThatNeverGetsToRunIsNotWaitedFor(long delayMillis) throws Exception {
    ThreadFactory neverRuns = _ -> Thread.ofVirtual().unstarted(() -> {});
    Duration delay = Duration.ofMillis(delayMillis);
    try (TcpConn conn = race(null, neverRuns, Clock.NONE, delay, "refused4", "live6")) {
      assertEquals(targets.named("live6"), conn.remoteAddr());
    }
  }

  @Test
  void aThreadThatHoldsOnBeyondTheTimeIsLeftBehind() throws Exception {
    CountDownLatch secondBegan = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    SocketControl control =
        (_, _, _) -> {
          if (!onSecond()) {
            pass(secondBegan);
            return;
          }
          secondBegan.countDown();
          while (release.getCount() > 0) {
            try {
              release.await();
            } catch (InterruptedException e) {
              // As a thread without a carrier: deaf.
            }
          }
        };
    // Long enough for a refusal, on a busy machine as well.
    long limit = Clock.after(Duration.ofSeconds(2).toNanos());
    try {
      NetConnectException e =
          assertThrows(
              NetConnectException.class,
              () -> race(control, this::second, limit, Duration.ZERO, "refused4", "live6"));
      assertEquals(targets.named("refused4"), e.addr());
      assertTrue(Clock.now() >= limit, "the time was not used");
    } finally {
      release.countDown();
    }
  }

  @Test
  void theLosersWaitEndsWithoutAnInterruptOfTheCallerAndCountsAsNoDeadline() throws Exception {
    long deadlines = Net.stats().deadlines();
    for (int i = 0; i < 20; i++) {
      race(Duration.ZERO, "silent4 silent4", "live6").close();
      assertFalse(Thread.currentThread().isInterrupted());
    }
    assertEquals(deadlines, Net.stats().deadlines());
  }
}
