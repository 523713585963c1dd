package gonet.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerLossTest {

  @Test
  void withLinuxOwnNumbersAnIdleConnectionOutlivesItsPeerByTwoHours() {
    KeepAlive linux = KeepAlive.of(Duration.ofSeconds(7200), Duration.ofSeconds(75), 9);
    PeerLoss loss = PeerLoss.of(linux, null);
    assertEquals(Optional.of(Duration.parse("PT2H11M15S")), loss.idle());
    assertEquals(Optional.of(Duration.ofHours(2)), loss.rebooted());
    assertEquals(Optional.empty(), loss.inFlight());
    assertEquals(Optional.empty(), loss.zeroWindow());
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
    assertEquals(Optional.of(Duration.ofSeconds(seconds)), loss.idle());
    assertEquals(Optional.of(userTimeout), loss.inFlight());
  }

  @Test
  void withoutProbesOrWithTheSystemsNumbersNothingIsPromised() {
    Duration second = Duration.ofSeconds(1);
    assertEquals(Optional.empty(), PeerLoss.of(KeepAlive.off(), second).idle());
    assertEquals(Optional.empty(), PeerLoss.of(KeepAlive.off(), null).rebooted());
    assertEquals(Optional.empty(), PeerLoss.of(KeepAlive.on().withSystemCount(), second).idle());
    assertEquals(Optional.empty(), PeerLoss.of(KeepAlive.on(), Duration.ZERO).userTimeout());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 7, 10, 30, 60, 3600, 32767})
  void whatIsAskedForIsWhatComesOut(int seconds) {
    Duration asked = Duration.ofSeconds(seconds);
    PeerLoss loss = PeerLoss.within(asked);
    assertEquals(Optional.of(asked), loss.idle());
    assertEquals(Optional.of(asked), loss.inFlight());
    assertEquals(Optional.of(asked), loss.keepAlive().detectionTime());
    assertTrue(loss.rebooted().orElseThrow().compareTo(asked) < 0);
  }

  @Test
  void timesOutOfRangeAreRefusedByName() {
    for (String bad : new String[] {"PT1.9S", "PT0S", "PT-5S", "PT32768S"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> PeerLoss.within(Duration.parse(bad)));
      assertTrue(
          e.getMessage().startsWith("detection time is " + Duration.parse(bad)), e::getMessage);
    }
    assertThrows(
        IllegalArgumentException.class, () -> PeerLoss.of(KeepAlive.on(), Duration.ofSeconds(-1)));
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
