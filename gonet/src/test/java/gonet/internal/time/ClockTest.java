package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClockTest {

  @Test
  void nowIsAlwaysAfterLongAgoAndNeverGoesBack() {
    long last = Clock.LONG_AGO;
    for (int i = 0; i < 10_000; i++) {
      long now = Clock.now();
      assertTrue(now > Clock.LONG_AGO);
      assertTrue(now >= last);
      last = now;
    }
  }

  @Test
  void theMomentAfterADurationIsNotEarlier() {
    long before = Clock.now();
    long moment = Clock.after(1_000);
    assertTrue(moment >= before + 1_000);
    assertTrue(moment <= Clock.now() + 1_000);
  }

  @Test
  void noTimeAndLessHavePassedLongAgo() {
    assertEquals(Clock.LONG_AGO, Clock.after(0));
    assertEquals(Clock.LONG_AGO, Clock.after(-1));
    assertEquals(Clock.LONG_AGO, Clock.after(Long.MIN_VALUE));
  }

  @Test
  void tooLongADurationIsForEver() {
    assertEquals(Long.MAX_VALUE, Clock.after(Long.MAX_VALUE));
  }

  @Test
  void sumsSaturateAtBothEndsOfTime() {
    assertEquals(7, Clock.plus(5, 2));
    assertEquals(3, Clock.plus(5, -2));
    assertEquals(Long.MAX_VALUE, Clock.plus(5, Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, Clock.plus(Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, Clock.plus(Long.MAX_VALUE, 0));
    assertEquals(Clock.LONG_AGO, Clock.plus(5, -5));
    assertEquals(Clock.LONG_AGO, Clock.plus(5, Long.MIN_VALUE));
  }

  @Test
  void noneIsLaterThanEveryDeadline() {
    assertEquals(Clock.NONE, Clock.earlier(Clock.NONE, Clock.NONE));
    assertEquals(5, Clock.earlier(5, Clock.NONE));
    assertEquals(5, Clock.earlier(Clock.NONE, 5));
    assertEquals(5, Clock.earlier(5, 7));
    assertEquals(5, Clock.earlier(7, 5));
    assertEquals(5, Clock.earlier(5, 5));
  }
}
