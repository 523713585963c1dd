package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LogLimitTest {
  private static final long PERIOD = 1000;

  @Test
  void soManyLinesPassInAPeriodAndTheNextOneTellsHowManyDidNot() {
    LogLimit limit = new LogLimit(2, PERIOD);
    long t = 10;
    assertEquals(0, limit.admit(t));
    assertEquals(0, limit.admit(t + 1));
    assertEquals(LogLimit.SILENT, limit.admit(t + 2));
    assertEquals(LogLimit.SILENT, limit.admit(t + PERIOD - 1));
    assertEquals(2, limit.admit(t + PERIOD));
    assertEquals(0, limit.admit(t + PERIOD + 1));
    assertEquals(LogLimit.SILENT, limit.admit(t + PERIOD + 2));
    assertEquals(1, limit.admit(t + 5 * PERIOD));
  }

  @Test
  void theFirstLineEverPasses() {
    assertEquals(0, new LogLimit(1, Long.MAX_VALUE / 2).admit());
  }
}
