package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves("B35")
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
  @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-9223372036854775808S"})
  void aTimeoutOfNoTimeIsRefusedByName(Duration bad) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Durations.positiveNanos(bad, "read timeout"));
    assertEquals("read timeout is not above zero: " + bad, e.getMessage());
    assertEquals(1, Durations.positiveNanos(Duration.ofNanos(1), "read timeout"));
    assertEquals(Long.MAX_VALUE, Durations.positiveNanos(Duration.ofDays(200_000), "timeout"));
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
    assertEquals(42 * SECOND, Durations.moment(NOON.plusSeconds(2), NOON, 40 * SECOND));
    assertEquals(40 * SECOND + 1, Durations.moment(NOON.plusNanos(1), NOON, 40 * SECOND));
  }

  @Test
  void fractionsOfASecondCountWhicheverIsLarger() {
    Instant late = NOON.plusNanos(999_999_999);
    Instant early = NOON.plusSeconds(2).plusNanos(1);
    assertEquals(41 * SECOND + 2, Durations.moment(early, late, 40 * SECOND));
    assertEquals(41 * SECOND - 2, Durations.moment(late, NOON.plusNanos(1), 40 * SECOND));
    assertEquals(Clock.LONG_AGO, Durations.moment(late, early, 40 * SECOND));
  }

  @Test
  void aDeadlineBeyond292YearsSaturates() {
    Instant last = NOON.plusSeconds(9_223_372_035L).plusNanos(999_999_999);
    assertEquals(9_223_372_036_000_000_001L, Durations.moment(last, NOON, 2));
    assertEquals(Long.MAX_VALUE, Durations.moment(last, NOON, Long.MAX_VALUE / 2));
    assertEquals(Long.MAX_VALUE, Durations.moment(last.plusNanos(1), NOON, 2));
    assertEquals(Clock.LONG_AGO, Durations.moment(NOON, last.plusNanos(1), 2));
  }

  @Test
  void aDeadlineOfNowOrEarlierHasPassed() {
    assertEquals(Clock.LONG_AGO, Durations.moment(NOON, NOON, 40 * SECOND));
    assertEquals(Clock.LONG_AGO, Durations.moment(NOON.minusNanos(1), NOON, 40 * SECOND));
    assertEquals(Clock.LONG_AGO, Durations.moment(Instant.EPOCH, NOON, 40 * SECOND));
    assertEquals(Clock.LONG_AGO, Durations.moment(Instant.EPOCH));
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 123_456_789_012_345L, Long.MAX_VALUE - 1, Long.MAX_VALUE})
  void theEndsOfTimeSaturate(long now) {
    assertEquals(Long.MAX_VALUE, Durations.moment(Instant.MAX, NOON, now));
    assertEquals(Long.MAX_VALUE, Durations.moment(Instant.MAX, Instant.MIN, now));
    assertEquals(Clock.LONG_AGO, Durations.moment(Instant.MIN, NOON, now));
    assertEquals(Clock.LONG_AGO, Durations.moment(Instant.MIN, Instant.MAX, now));
    assertTrue(Durations.moment(NOON.plusSeconds(1), NOON, now) >= now);
  }

  @Test
  void aMomentIsTheDeadlineThatItCameFrom() {
    for (Instant deadline : new Instant[] {NOON.plusNanos(1), NOON.plusSeconds(40_000_000)}) {
      long moment = Durations.moment(deadline, NOON, 70 * SECOND);
      assertEquals(deadline, Durations.instant(moment, NOON, 70 * SECOND));
      assertEquals(
          deadline, Durations.instant(moment, NOON.plusSeconds(5), 75 * SECOND), "5 s later");
    }
  }

  @Test
  void theDeadlineOfAMomentFollowsTheWallClock() {
    long moment = Durations.moment(NOON.plusSeconds(30), NOON, 100 * SECOND);
    Instant setBack = NOON.plusSeconds(1).minusSeconds(3600);
    assertEquals(
        NOON.plusSeconds(30).minusSeconds(3600), Durations.instant(moment, setBack, 101 * SECOND));
  }

  @Test
  void theEndsOfTimeHaveDeadlinesToo() {
    assertNull(Durations.instant(Clock.NONE));
    assertEquals(Instant.MAX, Durations.instant(Long.MAX_VALUE));
    assertTrue(Durations.instant(Clock.LONG_AGO, NOON, 2).isBefore(NOON));
    assertEquals(
        NOON.plusNanos(Long.MAX_VALUE - 3), Durations.instant(Long.MAX_VALUE - 1, NOON, 2));
    assertNull(Durations.each(0));
    assertEquals(Duration.ofNanos(Long.MAX_VALUE), Durations.each(Long.MAX_VALUE));
  }

  @Test
  void noDeadlineIsNotADeadlineOfNow() {
    assertEquals(Clock.NONE, Durations.moment(null));
    assertNotEquals(Clock.NONE, Clock.LONG_AGO);
  }

  @Test
  void theClocksThemselvesAgreeOnADeadline() {
    long before = Clock.now();
    long moment = Durations.moment(Instant.now().plusSeconds(3600));
    // The two clocks are read one after the other, so the moment may lie a little off the hour.
    assertTrue(moment > before + 3599 * SECOND, "too early");
    assertTrue(moment < Clock.now() + 3601 * SECOND, "too late");
  }

  @Test
  void aJumpOfTheWallClockMovesOnlyDeadlinesSetAfterIt() {
    Instant deadline = NOON.plusSeconds(30);
    assertEquals(130 * SECOND, Durations.moment(deadline, NOON, 100 * SECOND));
    // A second later somebody sets the wall clock back by an hour: what was computed is a number
    // and stays; the same instant, named again, is now an hour further away.
    Instant setBack = NOON.plusSeconds(1).minusSeconds(3600);
    assertEquals(3730 * SECOND, Durations.moment(deadline, setBack, 101 * SECOND));
    Instant setForward = NOON.plusSeconds(1).plusSeconds(3600);
    assertEquals(Clock.LONG_AGO, Durations.moment(deadline, setForward, 101 * SECOND));
  }
}
