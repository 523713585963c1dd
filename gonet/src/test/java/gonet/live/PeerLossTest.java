package gonet.live;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.support.Proves;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves("C12")
class PeerLossTest {

  @Test
  void withLinuxOwnNumbersAnIdleConnectionOutlivesItsPeerByTwoHours() {
    KeepAlive linux = KeepAlive.of(Duration.ofSeconds(7200), Duration.ofSeconds(75), 9);
    PeerLoss loss = PeerLoss.of(linux, null);
    assertEquals(Duration.parse("PT2H11M15S"), loss.idle());
    assertEquals(Duration.ofHours(2), loss.rebooted());
    assertNull(loss.inFlight());
    assertNull(loss.zeroWindow());
  }

  /** tcp_keepalive_timer: with a user timeout the silence counts, and not the probes. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 4000, 4",
    "1, 1, 9, 2500, 3", // before the probes are used up
    "1, 1, 3, 9500, 10", // and behind that
    "5, 2, 3, 1000, 7", // one probe is sent in any case
    "5, 2, 3, 7000, 7",
    "5, 2, 3, 7001, 9",
  })
  void aUserTimeoutReplacesTheCountOfProbes(
      int idle, int interval, int count, int userTimeoutMillis, int seconds) {
    KeepAlive probes = KeepAlive.of(Duration.ofSeconds(idle), Duration.ofSeconds(interval), count);
    Duration userTimeout = Duration.ofMillis(userTimeoutMillis);
    PeerLoss loss = PeerLoss.of(probes, userTimeout);
    assertEquals(Duration.ofSeconds(seconds), loss.idle());
    assertEquals(userTimeout, loss.inFlight());
  }

  @Test
  void withoutProbesOrWithTheSystemsNumbersNothingIsPromised() {
    Duration second = Duration.ofSeconds(1);
    assertNull(PeerLoss.of(KeepAlive.off(), second).idle());
    assertNull(PeerLoss.of(KeepAlive.off(), null).rebooted());
    assertNull(PeerLoss.of(KeepAlive.on().withCount(null), second).idle());
    assertNull(PeerLoss.of(KeepAlive.on(), null).userTimeout());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 7, 10, 30, 60, 3600, 32767})
  void whatIsAskedForIsWhatComesOut(int seconds) {
    Duration asked = Duration.ofSeconds(seconds);
    PeerLoss loss = PeerLoss.within(asked);
    assertEquals(asked, loss.idle());
    assertEquals(asked, loss.inFlight());
    assertEquals(asked, loss.keepAlive().detectionTime());
    assertTrue(requireNonNull(loss.rebooted()).compareTo(asked) < 0);
  }

  @Test
  void timesOutOfRangeAreRefusedByName() {
    for (String bad : new String[] {"PT1.9S", "PT0S", "PT-5S", "PT32768S"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> PeerLoss.within(Duration.parse(bad)));
      assertTrue(
          e.getMessage().startsWith("detection time is " + Duration.parse(bad)), e::getMessage);
    }
    for (Duration bad : new Duration[] {Duration.ofSeconds(-1), Duration.ZERO}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> PeerLoss.of(KeepAlive.on(), bad));
      assertEquals("user timeout is not above zero: " + bad, e.getMessage());
    }
  }

  @Test
  void listenersAndDialersTakeBothSettings() {
    PeerLoss loss = PeerLoss.within(Duration.ofSeconds(8));
    String text = "keepalive on, idle 2 s, interval 2 s, count 3, user timeout 8000 ms";
    assertTrue(loss.on(ListenConfig.defaults()).toString().contains(text));
    assertTrue(loss.on(Dialer.defaults()).toString().contains(text));
    assertTrue(loss.toString().contains("idle 8.0 s, in flight 8.0 s"), loss::toString);
  }
}
