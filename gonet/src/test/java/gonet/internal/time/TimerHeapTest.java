package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private final TimerHeap heap = new TimerHeap();

  @Test
  void anEmptyHeapHasNoFirst() {
    assertNull(heap.first());
    assertEquals(0, heap.size());
    assertFalse(heap.remove(new Never()));
  }

  @Test
  void theEarliestIsFirst() {
    Timer late = put(new Never(), 30);
    Timer early = put(new Never(), 10);
    Timer middle = put(new Never(), 20);
    assertEquals(List.of(early, middle, late), drain());
  }

  @Test
  void aTimerThatIsInIsMovedInBothDirections() {
    Timer a = put(new Never(), 10);
    Timer b = put(new Never(), 20);
    put(a, 30);
    assertEquals(2, heap.size());
    assertSame(b, heap.first());
    put(a, 5);
    assertSame(a, heap.first());
    assertEquals(List.of(a, b), drain());
  }

  @Test
  void aTimerKnowsWhetherItIsArmedInTime() {
    Timer timer = new Never();
    assertFalse(timer.armedBy(Long.MAX_VALUE - 2));
    put(timer, 20);
    assertTrue(timer.armedBy(20));
    assertTrue(timer.armedBy(21));
    assertFalse(timer.armedBy(19));
    assertTrue(heap.remove(timer));
    assertFalse(timer.armedBy(Long.MAX_VALUE - 2));
    assertFalse(heap.remove(timer));
  }

  @Test
  void equalMomentsAllComeOut() {
    for (int i = 0; i < 100; i++) {
      put(new Never(), 7);
    }
    assertEquals(100, drain().size());
  }

  /** Removing in the middle moves another timer into the hole, which may have to go up or down. */
  @Test
  void itAgreesWithASortedModelUnderRandomOperations() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Map<Timer, Long> model = new HashMap<>();
      List<Timer> in = new ArrayList<>();
      for (int step = 0; step < 5_000; step++) {
        int dice = random.nextInt(10);
        long when = random.nextInt(1_000);
        if (in.isEmpty() || dice < 5) {
          Timer timer = put(new Never(), when);
          in.add(timer);
          model.put(timer, when);
        } else if (dice < 7) {
          Timer timer = in.get(random.nextInt(in.size()));
          put(timer, when);
          model.put(timer, when);
        } else {
          Timer out = dice == 7 ? heap.first() : in.get(random.nextInt(in.size()));
          assertTrue(heap.remove(out));
          in.remove(out);
          model.remove(out);
        }
        assertEquals(model.size(), heap.size());
        if (!model.isEmpty()) {
          Timer first = heap.first();
          assertEquals(Collections.min(model.values()), first.when(), "seed " + seed);
          assertEquals(model.get(first), first.when());
        }
      }
      List<Long> sorted = model.values().stream().sorted().toList();
      List<Long> drained = drain().stream().map(model::get).toList();
      assertEquals(sorted, drained, "seed " + seed);
    }
  }

  private Timer put(Timer timer, long when) {
    heap.put(timer, when);
    return timer;
  }

  private List<Timer> drain() {
    List<Timer> out = new ArrayList<>();
    for (Timer first; (first = heap.first()) != null; ) {
      assertTrue(heap.remove(first));
      out.add(first);
    }
    assertEquals(0, heap.size());
    return out;
  }

  private static final class Never extends Timer {
    @Override
    protected long fire(long now) {
      throw new AssertionError("nobody fires here");
    }
  }
}
