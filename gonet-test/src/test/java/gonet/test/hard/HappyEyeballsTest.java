package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetConnectException;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.netip.Addr;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Loopback.DeadPort;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A name with addresses of both families, one of which does not work: RFC 8305. The first one's
 * family has a head start, and the other joins when that is over or when the first has failed.
 */
@LeakCheck
class HappyEyeballsTest {
  private static final Addr V4 = Addr.parse("127.0.0.1");
  private static final Addr V6 = Addr.parse("::1");

  /** Longer than any dial that does not wait for it, even on a busy machine. */
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("node-family")
  @NeedsIpv6
  void afterTheHeadStartTheOtherFamilyOvertakesASilentOne() throws Exception {
    try (TcpListener good = listen("127.0.0.1:0");
        BlackHole silent = new BlackHole("::1", port(good))) {
      Duration headStart = Duration.ofMillis(100);
      long begin = System.nanoTime();
      try (TcpConn conn = dialer(V6, V4).withFallbackDelay(headStart).dialTcp("tcp", name(good))) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertEquals(V4, conn.remoteAddr().addr());
        assertTrue(took.compareTo(headStart) >= 0, took::toString);
        assertTrue(took.compareTo(LONG) < 0, took::toString); // the silent one takes two minutes
      }
      assertEquals(port(good), silent.port());
    }
  }

  @Test
  @Proves("dialer-fallback-delay")
  @NeedsIpv6
  void theHeadStartIs300MillisecondsByDefault() throws Exception {
    try (TcpListener good = listen("127.0.0.1:0");
        BlackHole silent = new BlackHole("::1", port(good))) {
      long begin = System.nanoTime();
      try (TcpConn conn = dialer(V6, V4).dialTcp("tcp", name(good))) {
        long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        assertEquals(V4, conn.remoteAddr().addr());
        assertTrue(millis >= 300, () -> millis + " ms");
      }
      assertEquals(port(good), silent.port());
    }
    // That it is no longer says the setting: the clock of a busy machine cannot.
    String settings = Dialer.defaults().toString();
    assertTrue(settings.contains("fallback delay PT0.3S"), settings);
  }

  @Test
  void aRefusalDoesNotWaitForTheHeadStart() throws Exception {
    try (TcpListener good = listen("127.0.0.1:0")) {
      long begin = System.nanoTime();
      try (TcpConn conn = dialer(V6, V4).withFallbackDelay(LONG).dialTcp("tcp", name(good))) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertEquals(V4, conn.remoteAddr().addr());
        assertTrue(took.compareTo(LONG) < 0, took::toString);
      }
    }
  }

  @Test
  @Proves("node-attempt-time")
  @NeedsIpv6
  void aSlowPrimaryThatIsAloneIsWaitedFor() throws Exception {
    // The fallback is refused at once, and that must not end the dial.
    BlackHole slow = new BlackHole("::1", 0);
    Job<TcpConn> dial;
    try (slow) {
      dial =
          crew.compute(
              "dial",
              () ->
                  dialer(V6, V4)
                      .withFallbackDelay(Duration.ZERO)
                      .dialTcp("tcp", "name.example:" + slow.port()));
      dial.staysFor(Duration.ofMillis(300));
    }
    // The listener is gone: the next request, a second after the first, is refused.
    NetConnectException e = dial.failure(NetConnectException.class);
    assertEquals("[::1]:" + slow.port(), String.valueOf(e.addr()));
  }

  @Test
  @Proves("dialer-race")
  @NeedsIpv6
  void theOneThatComesSecondIsClosed() throws Exception {
    // Both families answer at once, so both racers often succeed.
    try (TcpListener v4 = listen("127.0.0.1:0");
        TcpListener v6 = listen("[::1]:" + port(v4))) {
      Dialer dialer = dialer(V6, V4).withFallbackDelay(Duration.ZERO);
      int rounds = 200;
      for (int round = 0; round < rounds; round++) {
        dialer.dial("tcp", name(v4)).close();
      }
      // Whatever was accepted was closed by the other side, used or not.
      int accepted = allEnded(v4) + allEnded(v6);
      assertTrue(accepted >= rounds, "only " + accepted);
    }
  }

  @Test
  void theFirstAddressOfAFamilyThatWorksIsTaken() throws Exception {
    try (TcpListener good = listen("127.0.0.2:0")) {
      try (TcpConn conn = dialer(V4, Addr.parse("127.0.0.2")).dialTcp("tcp", name(good))) {
        assertEquals("127.0.0.2", conn.remoteAddr().addr().toString());
      }
    }
  }

  @Test
  @Proves("dialer-all-fail")
  @NeedsIpv6
  void whenAllFailTheErrorIsThePrimarysAndHoldsTheOthers() throws Exception {
    try (DeadPort dead = new DeadPort()) {
      int port = dead.number();
      NetConnectException e =
          assertThrows(
              NetConnectException.class, () -> dialer(V6, V4).dial("tcp", "name.example:" + port));
      assertEquals("dial tcp [::1]:" + port + ": connect: connection refused", e.getMessage());
      assertEquals(
          List.of("127.0.0.1:" + port),
          Arrays.stream(e.getSuppressed()).map(t -> ((NetFailure) t).addr() + "").toList());
    }
  }

  @Test
  @NeedsIpv6
  void whenNobodyAnswersTheDialEndsAtItsTimeout() throws Exception {
    try (BlackHole v4 = new BlackHole("127.0.0.1", 0);
        BlackHole v6 = new BlackHole("::1", v4.port())) {
      Dialer dialer =
          dialer(V6, V4)
              .withFallbackDelay(Duration.ofMillis(20))
              .withTimeout(Duration.ofMillis(300));
      long begin = System.nanoTime();
      assertThrows(
          NetTimeoutException.class, () -> dialer.dial("tcp", "name.example:" + v6.port()));
      long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
      assertTrue(millis >= 300 && millis < LONG.toMillis(), () -> millis + " ms");
    }
  }

  private static Dialer dialer(Addr... addrs) {
    return Dialer.defaults().withResolver(host -> List.of(addrs));
  }

  private static TcpListener listen(String address) throws IOException {
    return ListenConfig.defaults().listenTcp("tcp", address);
  }

  private static int port(TcpListener listener) {
    return listener.addr().port();
  }

  private static String name(TcpListener listener) {
    return "name.example:" + port(listener);
  }

  /** Accepts what is queued; each must have come to its end. How many there were. */
  private static int allEnded(TcpListener listener) throws IOException {
    listener.setTimeout(Duration.ofMillis(500));
    int count = 0;
    try {
      for (; ; count++) {
        try (Conn conn = listener.accept()) {
          conn.setReadTimeout(Duration.ofSeconds(10));
          assertEquals(-1, conn.read(new byte[1]));
        }
      }
    } catch (NetTimeoutException none) {
      return count;
    }
  }
}
