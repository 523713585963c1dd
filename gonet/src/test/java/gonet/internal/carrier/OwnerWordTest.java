package gonet.internal.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OwnerWordTest {
  private final OwnerWord word = new OwnerWord();

  @Test
  void aWordBeginsAsleepAndRisesWithItsFirstOwner() {
    assertTrue(word.asleep());
    word.awake(7);
    assertFalse(word.asleep());
    assertEquals("sched carrier 7 tick 0", word.toString());
  }

  @Test
  void anOwnerThatNobodyDisturbsKeepsTheProcessor() {
    word.awake(7);
    for (int i = 1; i <= 3; i++) {
      long begun = word.beginTask();
      assertTrue(OwnerWord.inTask(word.look()));
      assertEquals("task carrier 7 tick " + i, word.toString());
      assertTrue(word.endTask(begun));
    }
    word.sleep();
    assertEquals("sleep carrier 7 tick 3", word.toString());
  }

  @Test
  void whoIsStuckInATaskLosesTheProcessor() {
    word.awake(7);
    long begun = word.beginTask();
    assertTrue(word.take(word.look(), 8));
    assertEquals("sched carrier 8 tick 1", word.toString());
    assertFalse(word.endTask(begun));
    assertTrue(word.endTask(word.beginTask()), "the new owner's task");
  }

  @Test
  void theWatcherGetsTheTaskItSawAndNoLaterOne() {
    word.awake(7);
    long begun = word.beginTask();
    long seen = word.look();
    assertTrue(word.endTask(begun));
    assertFalse(word.take(seen, 8));
    long again = word.beginTask();
    assertNotEquals(seen, again);
    assertFalse(word.take(seen, 8));
    assertTrue(word.endTask(again));
  }

  @Test
  void nobodyTakesAProcessorOutsideOfATask() {
    word.awake(7);
    assertFalse(word.take(word.look(), 8));
    word.sleep();
    assertFalse(word.take(word.look(), 8));
  }

  @Test
  void numbersBeyondTheirBitsLeaveTheRestAlone() {
    word.awake(1 << 20 | 5);
    assertEquals("sched carrier 5 tick 0", word.toString());
    long begun = word.beginTask();
    assertTrue(word.take(begun, -1));
    assertEquals("sched carrier " + ((1 << 20) - 1) + " tick 1", word.toString());
  }
}
