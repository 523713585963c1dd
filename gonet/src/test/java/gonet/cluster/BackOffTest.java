package gonet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import org.junit.jupiter.api.Test;

/** How long a worker that died waits for its next process. */
@Proves("cluster-deaths")
class BackOffTest {
  private final BackOff backOff = new BackOff(100, 1000, 10_000);

  @Test
  void itDoublesUpToTheLimit() {
    assertEquals(100, backOff.after(0));
    assertEquals(200, backOff.after(0));
    assertEquals(400, backOff.after(9_999));
    assertEquals(800, backOff.after(0));
    assertEquals(1000, backOff.after(0));
    assertEquals(1000, backOff.after(0));
  }

  @Test
  void aTimeOfHealthBeginsItAnew() {
    assertEquals(100, backOff.after(0));
    assertEquals(200, backOff.after(0));
    assertEquals(100, backOff.after(10_000));
    assertEquals(200, backOff.after(0));
  }

  @Test
  void theLongestTimesDoNotOverflow() {
    BackOff longest = new BackOff(Long.MAX_VALUE / 2, Long.MAX_VALUE, 1);
    assertEquals(Long.MAX_VALUE / 2, longest.after(0));
    assertEquals(Long.MAX_VALUE - 1, longest.after(0));
    assertEquals(Long.MAX_VALUE, longest.after(0));
    assertEquals(Long.MAX_VALUE, longest.after(0));
  }
}
