package gonet.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The sum of a heartbeat's times. */
class HeartbeatTimeTest {
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
  private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);

  private static Duration detection(Duration interval, Duration timeout, int missed) {
    return Heartbeat.of(interval, timeout, missed, conn -> {}).detectionTime();
  }

  @Test
  void theDetectionTimeIsTheIntervalAndAllTimeouts() {
    assertEquals(
        Duration.ofSeconds(30), detection(Duration.ofSeconds(15), Duration.ofSeconds(5), 3));
  }

  @Test
  void theDetectionTimeOfTheGreatestValuesIsTheGreatest() {
    assertEquals(MOST, detection(FOR_EVER, FOR_EVER, Integer.MAX_VALUE));
    assertEquals(MOST, detection(FOR_EVER, Duration.ofNanos(1), 1));
    assertEquals(MOST, detection(Duration.ofNanos(1), FOR_EVER, 2));
    assertEquals(MOST, detection(Duration.ofNanos(1), MOST.dividedBy(2), 3));
    assertEquals(MOST, detection(Duration.ofNanos(1), MOST.minusNanos(1), 1));
  }
}
