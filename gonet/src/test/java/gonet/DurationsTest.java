package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  @Test
  void absurdlyLongDurationsSaturate() {
    assertEquals(0, Durations.nanos(Duration.ZERO, "timeout"));
    assertEquals(1_500_000_000L, Durations.nanos(Duration.ofMillis(1500), "timeout"));
    assertEquals(Long.MAX_VALUE, Durations.nanos(Duration.ofNanos(Long.MAX_VALUE), "timeout"));
    assertEquals(Long.MAX_VALUE, Durations.nanos(Duration.ofDays(200_000), "timeout"));
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    assertEquals(Long.MAX_VALUE, Durations.nanos(longest, "timeout"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-0.000000001S", "PT-5S", "PT-9223372036854775808S"})
  void aNegativeDurationIsRefusedByName(Duration bad) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Durations.nanos(bad, "read timeout"));
    assertEquals("read timeout is negative: " + bad, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0", "PT0.0001S, 1", "PT0.001S, 1", "PT2.5S, 2500", "PT2.5000001S, 2501"})
  void millisecondsAreRoundedUp(Duration given, int millis) {
    assertEquals(millis, Durations.millis(given, "user timeout", 0, Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-0.001S", "PT0S", "PT10.0001S", "PT9223372036854775807.999999999S"})
  void millisecondsOutOfRangeAreRefusedByName(Duration bad) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Durations.millis(bad, "timeout", 1, 10_000));
    assertEquals("timeout is " + bad + ", not between 1 ms and 10000 ms", e.getMessage());
  }

  @Test
  void aDeadlineKeepsItsDistanceOnTheMonotonicClock() {
    assertEquals(42 * SECOND, Durations.monotonic(NOON.plusSeconds(2), NOON, 40 * SECOND));
    assertEquals(38 * SECOND, Durations.monotonic(NOON.minusSeconds(2), NOON, 40 * SECOND));
    assertEquals(40 * SECOND, Durations.monotonic(NOON, NOON, 40 * SECOND));
    assertEquals(-1, Durations.monotonic(NOON.plusNanos(6), NOON, -7));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 123_456_789_012_345L})
  void theEndsOfTimeSaturateWhateverTheClocksOrigin(long now) {
    assertTrue(Durations.monotonic(Instant.MAX, NOON, now) >= now);
    assertTrue(Durations.monotonic(Instant.MIN, NOON, now) <= now);
    assertTrue(Durations.monotonic(Instant.MAX, Instant.MIN, now) >= now);
    assertTrue(Durations.monotonic(Instant.MIN, Instant.MAX, now) <= now);
    if (now >= 0) {
      assertEquals(Long.MAX_VALUE, Durations.monotonic(Instant.MAX, NOON, now));
    }
    if (now < 0) {
      assertEquals(Long.MIN_VALUE, Durations.monotonic(Instant.MIN, NOON, now));
    }
  }

  @Test
  void aJumpOfTheWallClockMovesOnlyDeadlinesSetAfterIt() {
    Instant deadline = NOON.plusSeconds(30);
    long before = Durations.monotonic(deadline, NOON, 100 * SECOND);
    assertEquals(130 * SECOND, before);
    // One second later by the monotonic clock somebody sets the wall clock back an hour: what was
    // computed stays; the same instant named again is now an hour further away.
    Instant setBack = NOON.plusSeconds(1).minusSeconds(3600);
    assertEquals(
        130 * SECOND + 3600 * SECOND, Durations.monotonic(deadline, setBack, 101 * SECOND));
    Instant setForward = NOON.plusSeconds(1).plusSeconds(3600);
    assertTrue(Durations.monotonic(deadline, setForward, 101 * SECOND) <= 101 * SECOND);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "5, -7, -2",
    "9223372036854775807, 1, 9223372036854775807",
    "9223372036854775807, 9223372036854775807, 9223372036854775807",
    "9223372036854775807, -1, 9223372036854775806",
    "-9223372036854775808, -1, -9223372036854775808",
    "-9223372036854775808, 9223372036854775807, -1",
    "-2, -9223372036854775807, -9223372036854775808"
  })
  void additionSaturatesAtBothEnds(long now, long nanos, long sum) {
    assertEquals(sum, Durations.plus(now, nanos));
  }
}
