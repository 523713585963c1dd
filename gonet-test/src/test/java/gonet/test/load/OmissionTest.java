package gonet.test.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

/** The arithmetic that keeps a stalled server from hiding its stall. */
class OmissionTest {
  private static final long MILLI = 1_000_000;

  @Test
  void requestsAreSpreadEvenlyOverTimeAndConnections() {
    // 1000 a second over 4 connections: one every millisecond, each connection every fourth.
    Schedule first = new Schedule(5000, 1000, 0, 4);
    Schedule third = new Schedule(5000, 1000, 2, 4);
    assertEquals(5000, first.nextDueNanos());
    assertEquals(5000 + 4 * MILLI, first.nextDueNanos());
    assertEquals(5000 + 8 * MILLI, first.nextDueNanos());
    assertEquals(5000 + 2 * MILLI, third.nextDueNanos());
    assertEquals(5000 + 6 * MILLI, third.nextDueNanos());
  }

  @Test
  void aScheduleDoesNotDriftWithRatesThatNoNanosecondDivides() {
    Schedule schedule = new Schedule(0, 3, 0, 1);
    long due = 0;
    for (int i = 0; i <= 3000; i++) {
      due = schedule.nextDueNanos();
    }
    assertTrue(Math.abs(due - 1_000_000_000_000L) < 1000, due + " ns");
  }

  @Test
  void aStallStandsForAllRequestsThatAClosedLoopDidNotSend() {
    Measurements measurements = new Measurements(10 * MILLI);
    measurements.begin();
    measurements.latency(MILLI);
    measurements.latency(100 * MILLI);
    // 100 ms, and the ones that would have waited 90, 80, … 10.
    Histogram latencies = measurements.takeInterval();
    assertEquals(11, latencies.getTotalCount());
    assertEquals(50.0, latencies.getValueAtPercentile(50) / 1e6, 0.5);
  }

  @Test
  void withoutAnIntervalAStallIsOneLatency() {
    Measurements measurements = new Measurements(0);
    measurements.begin();
    measurements.latency(100 * MILLI);
    assertEquals(1, measurements.takeInterval().getTotalCount());
  }

  @Test
  void theWarmUpLeavesErrorsButNoLatencies() {
    Measurements measurements = new Measurements(0);
    measurements.latency(MILLI);
    measurements.sent(10);
    measurements.error("dial: ECONNREFUSED");
    measurements.begin();
    assertEquals(0, measurements.takeInterval().getTotalCount());
    assertEquals(0, measurements.sentBytes());
    assertEquals(1, measurements.errorCount());
  }

  @Test
  void intervalsAddUpToTheTotal() {
    Measurements measurements = new Measurements(0);
    measurements.begin();
    measurements.latency(MILLI);
    assertEquals(1, measurements.takeInterval().getTotalCount());
    measurements.latency(2 * MILLI);
    assertEquals(1, measurements.takeInterval().getTotalCount());
    assertEquals(2, measurements.total().getTotalCount());
  }

  @Test
  void durationsAreReadWithTheirUnits() {
    Durations durations = new Durations();
    assertEquals(Duration.ofMillis(1500), durations.convert("1.5s"));
    assertEquals(Duration.ofNanos(250_000), durations.convert("250us"));
    assertEquals(Duration.ofMinutes(2), durations.convert("2m"));
    TypeConversionException e =
        assertThrows(TypeConversionException.class, () -> durations.convert("10"));
    assertTrue(String.valueOf(e.getMessage()).contains("500ms, 10s"), e.getMessage());
  }
}
