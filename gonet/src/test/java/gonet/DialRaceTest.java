package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Clock;
import gonet.support.NeedsIpv6;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
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
@Timeout(60)
class DialRaceTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration NEVER = Duration.ofHours(1);

  private final DialTargets targets = new DialTargets();
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
      await().until(() -> racers() == 0 && Net.stats().registered() <= registered);
    } finally {
      targets.close();
    }
  }

  private static long racers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gonet-dial"))
        .count();
  }

  private TcpConn race(Duration delay, String primaries, String fallbacks) throws IOException {
    return race(null, delay, primaries, fallbacks);
  }

  private TcpConn race(SocketControl control, Duration delay, String primaries, String fallbacks)
      throws IOException {
    SocketSettings settings = SocketSettings.DEFAULTS.withControl(control);
    DialSerial serial = new DialSerial(settings, "tcp", null, Clock.NONE);
    return new DialRace(serial, delay.toNanos())
        .dial(targets.list(primaries), targets.list(fallbacks));
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
    Background<TcpConn> dial =
        Background.call(() -> race(Duration.ofMillis(delayMillis), "silent4", "silent6"));
    await().until(() -> racers() == (delayMillis == 0 ? 2 : 1));
    dial.interrupt();
    NetInterruptedException e = dial.failure(NetInterruptedException.class);
    assertEquals(
        "dial tcp " + targets.named("silent4") + ": operation was canceled", e.getMessage());
  }

  @Test
  void aCallerWhoIsInterruptedAlreadyGetsNoConnection() throws Exception {
    Thread.currentThread().interrupt();
    assertThrows(NetInterruptedException.class, () -> race(SHORT, "live4", "live6"));
    assertTrue(Thread.interrupted(), "the interrupt status is gone");
  }

  /** Both racers stand before their connect until both are there, so both succeed. */
  @RepeatedTest(10)
  void ofTwoConnectionsOneIsReturnedAndTheOtherClosedWithoutAByte() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    SocketControl meet = (_, _, _) -> arrive(both);
    try (TcpConn winner = race(meet, Duration.ZERO, "live4", "live6");
        Socket one = targets.live().accept();
        Socket other = targets.live().accept()) {
      boolean oneWon = one.getPort() == winner.localAddr().port();
      Socket won = oneWon ? one : other;
      Socket lost = oneWon ? other : one;
      assertEquals(winner.localAddr().port(), won.getPort());
      assertEquals(-1, lost.getInputStream().read());
      winner.write(new byte[] {7});
      assertEquals(7, won.getInputStream().read());
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
  void aConnectionThatComesAfterTheCallerHasGoneIsClosed() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    SocketControl waitUntilGone =
        (_, _, _) -> {
          while (gone.getCount() > 0) {
            try {
              gone.await();
            } catch (InterruptedException e) {
              // Stays on, as a slow system call would, and so brings a connection home.
            }
          }
        };
    Background<TcpConn> dial =
        Background.call(() -> race(waitUntilGone, Duration.ZERO, "live4", "live6"));
    await().until(() -> racers() == 2);
    dial.interrupt();
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
  @Test
  void anUncheckedExceptionOfTheControlReachesTheCaller() {
    IllegalStateException broken = new IllegalStateException("broken");
    SocketControl control =
        (_, _, _) -> {
          throw broken;
        };
    assertSame(
        broken,
        assertThrows(IllegalStateException.class, () -> race(control, SHORT, "live4", "live6")));
  }
}
