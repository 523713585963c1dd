package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {

  @Test
  void theDefaultIsOnWithGosNumbers() {
    KeepAlive on = KeepAlive.on();
    assertTrue(on.enabled());
    assertEquals(Duration.ofSeconds(15), on.idle());
    assertEquals(Duration.ofSeconds(15), on.interval());
    assertEquals(9, on.count());
    assertEquals(Duration.ofSeconds(150), on.detectionTime());
    assertEquals("keepalive on, idle 15 s, interval 15 s, count 9", on.toString());
  }

  @Test
  void offLeavesTheNumbersToTheSystemAndDetectsNothing() {
    KeepAlive off = KeepAlive.off();
    assertFalse(off.enabled());
    assertNull(off.idle());
    assertNull(off.detectionTime());
    assertFalse(off.withIdle(Duration.ofSeconds(1)).enabled());
    assertEquals("keepalive off, idle system's, interval system's, count system's", off.toString());
  }

  @Test
  @Proves("keepalive-system")
  void nullLeavesANumberToTheSystem() {
    KeepAlive on = KeepAlive.on();
    assertNull(on.withIdle(null).idle());
    assertEquals(Duration.ofSeconds(15), on.withIdle(null).interval());
    assertNull(on.withInterval(null).interval());
    assertNull(on.withCount(null).count());
    assertNull(on.withIdle(null).detectionTime());
    assertNull(on.withInterval(null).detectionTime());
    assertNull(on.withCount(null).detectionTime());
    KeepAlive system = KeepAlive.of(null, null, null);
    assertTrue(system.enabled());
    assertEquals(on.withIdle(null).withInterval(null).withCount(null), system);
  }

  @Test
  @Proves("keepalive-system")
  void whatIsReadBackCanBeSetAgain() {
    for (KeepAlive config :
        List.of(
            KeepAlive.on(),
            KeepAlive.of(Duration.ofSeconds(5), null, 3),
            KeepAlive.of(null, Duration.ofSeconds(6), null))) {
      assertEquals(config, KeepAlive.of(config.idle(), config.interval(), config.count()));
    }
  }

  @Test
  @Proves("C12")
  void linuxDefaultsNeedMoreThanTwoHoursToDetectALostPeer() {
    KeepAlive linux = KeepAlive.of(Duration.ofSeconds(7200), Duration.ofSeconds(75), 9);
    assertEquals(Duration.parse("PT2H11M15S"), linux.detectionTime());
  }

  @Test
  void theExtremesOfTheKernelAreTaken() {
    Duration longest = Duration.ofSeconds(32767);
    KeepAlive max = KeepAlive.of(longest, longest, 127);
    assertEquals(longest, max.idle());
    assertEquals(longest, max.interval());
    assertEquals(127, max.count());
    assertEquals(Duration.ofSeconds(32767L * 128), max.detectionTime());
    Duration shortest = Duration.ofSeconds(1);
    assertEquals(Duration.ofSeconds(2), KeepAlive.of(shortest, shortest, 1).detectionTime());
  }

  @ParameterizedTest
  @Proves("B45")
  @CsvSource({"PT0.000000001S, 1", "PT1S, 1", "PT1.001S, 2", "PT32766.5S, 32767"})
  void durationsAreRoundedUpToWholeSeconds(Duration given, int seconds) {
    Duration rounded = Duration.ofSeconds(seconds);
    assertEquals(rounded, KeepAlive.on().withIdle(given).idle());
    assertEquals(rounded, KeepAlive.on().withInterval(given).interval());
  }

  @ParameterizedTest
  @Proves("B44")
  @ValueSource(
      strings = {
        "PT0S",
        "PT-1S",
        "PT-0.000000001S",
        "PT32767.000000001S",
        "PT32768S",
        "PT9223372036854775807.999999999S",
        "PT-9223372036854775808S"
      })
  void aDurationOutOfRangeIsRefusedByName(Duration bad) {
    KeepAlive on = KeepAlive.on();
    assertNames(bad, assertThrows(IllegalArgumentException.class, () -> on.withIdle(bad)), "idle");
    assertNames(
        bad, assertThrows(IllegalArgumentException.class, () -> on.withInterval(bad)), "interval");
  }

  private static void assertNames(Duration bad, IllegalArgumentException e, String name) {
    assertEquals(
        "keepalive " + name + " is " + bad + ", not between 1 s and 32767 s", e.getMessage());
  }

  @ParameterizedTest
  @Proves("B44")
  @ValueSource(ints = {0, -1, 128, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aCountOutOfRangeIsRefusedByName(int bad) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KeepAlive.on().withCount(bad));
    assertEquals("keepalive count is " + bad + ", not between 1 and 127", e.getMessage());
  }

  @Test
  void equalNumbersAreEqualConfigurations() {
    KeepAlive same = KeepAlive.of(Duration.ofSeconds(15), Duration.ofMillis(14_001), 9);
    assertEquals(KeepAlive.on(), same);
    assertEquals(KeepAlive.on().hashCode(), same.hashCode());
    assertNotEquals(KeepAlive.on(), KeepAlive.off());
    assertNotEquals(KeepAlive.on(), same.withCount(8));
    assertNotEquals(KeepAlive.on(), same.withIdle(Duration.ofSeconds(16)));
    assertNotEquals(KeepAlive.on(), same.withInterval(Duration.ofSeconds(16)));
  }
}
