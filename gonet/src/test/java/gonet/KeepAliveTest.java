package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {

  @Test
  void theDefaultIsOnWithGosNumbers() {
    KeepAlive on = KeepAlive.on();
    assertTrue(on.enabled());
    assertEquals(Optional.of(Duration.ofSeconds(15)), on.idle());
    assertEquals(Optional.of(Duration.ofSeconds(15)), on.interval());
    assertEquals(OptionalInt.of(9), on.count());
    assertEquals(Optional.of(Duration.ofSeconds(150)), on.detectionTime());
    assertEquals("keepalive on, idle 15 s, interval 15 s, count 9", on.toString());
  }

  @Test
  void offLeavesTheNumbersToTheSystemAndDetectsNothing() {
    KeepAlive off = KeepAlive.off();
    assertFalse(off.enabled());
    assertEquals(Optional.empty(), off.idle());
    assertEquals(Optional.empty(), off.detectionTime());
    assertFalse(off.withIdle(Duration.ofSeconds(1)).enabled());
    assertEquals("keepalive off, idle system's, interval system's, count system's", off.toString());
  }

  @Test
  void eachNumberCanBeLeftToTheSystem() {
    KeepAlive on = KeepAlive.on();
    assertEquals(KeepAlive.SYSTEM, on.withSystemIdle().idleSeconds());
    assertEquals(Optional.empty(), on.withSystemIdle().idle());
    assertEquals(15, on.withSystemIdle().intervalSeconds());
    assertEquals(KeepAlive.SYSTEM, on.withSystemInterval().intervalSeconds());
    assertEquals(Optional.empty(), on.withSystemInterval().interval());
    assertEquals(KeepAlive.SYSTEM, on.withSystemCount().probes());
    assertEquals(OptionalInt.empty(), on.withSystemCount().count());
    assertEquals(Optional.empty(), on.withSystemIdle().detectionTime());
    assertEquals(Optional.empty(), on.withSystemInterval().detectionTime());
    assertEquals(Optional.empty(), on.withSystemCount().detectionTime());
    assertTrue(on.withSystemIdle().withSystemInterval().withSystemCount().enabled());
  }

  @Test
  void linuxDefaultsNeedMoreThanTwoHoursToDetectALostPeer() {
    KeepAlive linux = KeepAlive.of(Duration.ofSeconds(7200), Duration.ofSeconds(75), 9);
    assertEquals(Optional.of(Duration.parse("PT2H11M15S")), linux.detectionTime());
  }

  @Test
  void theExtremesOfTheKernelAreTaken() {
    Duration longest = Duration.ofSeconds(32767);
    KeepAlive max = KeepAlive.of(longest, longest, 127);
    assertEquals(32767, max.idleSeconds());
    assertEquals(32767, max.intervalSeconds());
    assertEquals(127, max.probes());
    assertEquals(Optional.of(Duration.ofSeconds(32767L * 128)), max.detectionTime());
    Duration shortest = Duration.ofSeconds(1);
    assertEquals(
        Optional.of(Duration.ofSeconds(2)), KeepAlive.of(shortest, shortest, 1).detectionTime());
  }

  @ParameterizedTest
  @CsvSource({"PT0.000000001S, 1", "PT1S, 1", "PT1.001S, 2", "PT32766.5S, 32767"})
  void durationsAreRoundedUpToWholeSeconds(Duration given, int seconds) {
    assertEquals(seconds, KeepAlive.on().withIdle(given).idleSeconds());
    assertEquals(seconds, KeepAlive.on().withInterval(given).intervalSeconds());
  }

  @ParameterizedTest
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
