package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.dial.DialSerial;
import gonet.internal.time.Clock;
import gonet.support.NeedsIpv6;
import gonet.support.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One address after the other. Go: {@code TestDialerPartialDeadline} and {@code dialSerial}. */
@Timeout(180)
class DialSerialTest {
  private static final long NOW = TimeUnit.HOURS.toNanos(12);

  private final DialTargets targets = new DialTargets();

  DialSerialTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    targets.close();
  }

  private DialSerial<TcpAddr, TcpConn> within(long limit) {
    return within(limit, SocketSettings.DEFAULTS);
  }

  private static DialSerial<TcpAddr, TcpConn> within(long limit, SocketSettings settings) {
    return new DialSerial<>(new TcpSockets.Dial(settings, "tcp", null), limit);
  }

  @ParameterizedTest
  @Proves("dialer-share")
  @CsvSource({
    // milliseconds left, addresses, milliseconds for the next one
    "12000, 1, 12000",
    "12000, 2, 6000",
    "12000, 3, 4000",
    "12000, 6, 2000",
    // never below two seconds while there are as many
    "12000, 7, 2000",
    "12000, 999, 2000",
    "2000, 999, 2000",
    "1900, 999, 1900",
    "1, 2, 1",
    // the time is over: what is left of it is in the past
    "0, 1, 0",
    "-1, 1, -1",
    "-1, 3, -1",
  })
  void eachAddressGetsAnEvenShareOfTheTimeButTwoSecondsWhereThereAre(
      long left, int addresses, long share) {
    assertEquals(NOW + millis(share), DialSerial.share(NOW, NOW + millis(left), addresses));
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  @Proves("node-attempt-time")
  void withoutALimitNoAddressHasOne() {
    assertEquals(Clock.NONE, DialSerial.share(NOW, Clock.NONE, 1));
    assertEquals(Clock.NONE, DialSerial.share(NOW, Clock.NONE, 999));
  }

  @Test
  @NeedsIpv6
  void aTimeThatIsOverFailsBeforeTheAddressIsTried() throws Exception {
    SocketControl never =
        (_, address, _) -> {
          throw new AssertionError("tried " + address);
        };
    DialSerial<TcpAddr, TcpConn> over =
        within(Clock.now() - 1, SocketSettings.DEFAULTS.withControl(never));
    NetTimeoutException e =
        assertThrows(NetTimeoutException.class, () -> over.dial(targets.list("live4 live6")));
    assertTrue(e.timeout());
    assertEquals(0, e.getSuppressed().length, "the second address was tried");
    assertEquals("dial tcp " + targets.named("live4") + ": i/o timeout", e.getMessage());
  }

  @Test
  void aSilentAddressLeavesTheNextOneItsShare() throws Exception {
    long start = System.nanoTime();
    // Two seconds are the least, so a limit just above leaves the second address little but some.
    try (TcpConn conn = within(Clock.after(millis(3000))).dial(targets.list("silent4 live6"))) {
      assertEquals(targets.named("live6"), conn.remoteAddr());
    }
    assertTrue(System.nanoTime() - start >= millis(2000), "the first address had no full share");
  }

  @Test
  void aRefusalLeadsToTheNextAddress() throws Exception {
    try (TcpConn conn = within(Clock.NONE).dial(targets.list("refused6 refused4 live4"))) {
      assertEquals(targets.named("live4"), conn.remoteAddr());
    }
  }

  @Test
  @Proves("node-attempts")
  @NeedsIpv6
  void whenAllFailTheFirstFailureIsThrownWithTheOthersInIt() throws Exception {
    NetConnectException e =
        assertThrows(
            NetConnectException.class,
            () -> within(Clock.NONE).dial(targets.list("refused6 refused4")));
    assertEquals(targets.named("refused6"), e.addr());
    assertEquals("ECONNREFUSED", e.errno());
    assertEquals(1, e.getSuppressed().length);
    NetFailure second = (NetFailure) e.getSuppressed()[0];
    assertEquals(targets.named("refused4"), second.addr());
  }

  @Test
  void anInterruptEndsTheWholeListAndKeepsWhatWentWrongBefore() throws Exception {
    AtomicReference<NetInterruptedException> seen = new AtomicReference<>();
    AtomicReference<String> tried = new AtomicReference<>("");
    SocketSettings notes =
        SocketSettings.DEFAULTS.withControl((_, address, _) -> tried.set(address));
    List<TcpAddr> addrs = targets.list("refused4 silent6 live4");
    Background<Boolean> statusStaysSet =
        Background.call(
            () -> {
              NetInterruptedException e =
                  assertThrows(
                      NetInterruptedException.class, () -> within(Clock.NONE, notes).dial(addrs));
              seen.set(e);
              return Thread.currentThread().isInterrupted();
            });
    // On a busy machine even a refusal takes a moment, in which the thread is parked as well.
    await().until(() -> tried.get().equals(addrs.get(1).toString()));
    statusStaysSet.awaitParked().interrupt();
    assertTrue(statusStaysSet.get());
    NetInterruptedException e = seen.get();
    assertEquals(targets.named("silent6"), e.addr());
    assertEquals(1, e.getSuppressed().length);
    assertEquals("ECONNREFUSED", ((NetFailure) e.getSuppressed()[0]).errno());
  }

  @Test
  void aThousandAddressesAreNoReasonToFail() throws Exception {
    List<TcpAddr> many = new ArrayList<>(Collections.nCopies(1000, targets.named("refused6")));
    many.add(targets.named("live6"));
    for (long limit : new long[] {Clock.NONE, Clock.after(Duration.ofMinutes(1).toNanos())}) {
      within(limit).dial(many).close();
    }
  }

  @Test
  void noAddressIsAMistakeOfTheCallers() {
    assertThrows(IllegalArgumentException.class, () -> within(Clock.NONE).dial(List.of()));
  }
}
