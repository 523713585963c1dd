package gonet.internal.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class RunQueueTest {
  private final RunQueue queue = new RunQueue();
  private final RunQueue thief = new RunQueue();

  private static List<Runnable> tasks(int count) {
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      tasks.add(() -> assertEquals(number, number));
    }
    return tasks;
  }

  @Test
  void tasksComeOutInTheirOrder() {
    List<Runnable> tasks = tasks(3 * RunQueue.CAPACITY);
    for (Runnable task : tasks) {
      assertTrue(queue.push(task));
      assertEquals(1, queue.size());
      assertSame(task, queue.pop());
    }
    assertNull(queue.pop());
  }

  @Test
  void aFullQueueRefusesAndStaysAsItIs() {
    List<Runnable> tasks = tasks(RunQueue.CAPACITY);
    tasks.forEach(task -> assertTrue(queue.push(task)));
    assertFalse(queue.push(() -> {}));
    tasks.forEach(task -> assertSame(task, queue.pop()));
    assertNull(queue.pop());
  }

  @Test
  void aThiefTakesTheOlderHalf() {
    List<Runnable> tasks = tasks(5);
    tasks.forEach(queue::push);
    assertTrue(thief.stealFrom(queue));
    assertEquals(3, thief.size());
    assertEquals(2, queue.size());
    tasks.subList(0, 3).forEach(task -> assertSame(task, thief.pop()));
    tasks.subList(3, 5).forEach(task -> assertSame(task, queue.pop()));
  }

  @Test
  void aThiefTakesTheOnlyTaskAndNothingFromNobody() {
    Runnable task = () -> {};
    assertTrue(queue.push(task));
    assertTrue(thief.stealFrom(queue));
    assertSame(task, thief.pop());
    assertFalse(thief.stealFrom(queue));
  }

  @Test
  void aTaskThatWasTakenIsGarbage() {
    WeakReference<Object> popped = pushed();
    assertTrue(queue.pop() != null);
    WeakReference<Object> stolen = pushed();
    assertTrue(thief.stealFrom(queue));
    assertTrue(thief.pop() != null);
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return popped.get() == null && stolen.get() == null;
            });
  }

  private WeakReference<Object> pushed() {
    Object kept = new Object();
    assertTrue(queue.push(() -> assertSame(kept, kept)));
    return new WeakReference<>(kept);
  }

  @Test
  void ownersAndThievesTogetherTakeEachTaskOnce() throws Exception {
    int count = 300_000;
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    Thread[] thieves = new Thread[2];
    AtomicIntegerArray over = new AtomicIntegerArray(1);
    for (int i = 0; i < thieves.length; i++) {
      RunQueue own = new RunQueue();
      thieves[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (over.get(0) == 0) {
                      if (own.stealFrom(queue)) {
                        drain(own);
                      }
                    }
                  });
    }
    for (int i = 0; i < count; ) {
      int number = i;
      if (queue.push(() -> runs.incrementAndGet(number))) {
        i++;
      } else {
        Objects.requireNonNullElse(queue.pop(), () -> {}).run();
      }
      if (i % 7 == 0) {
        Objects.requireNonNullElse(queue.pop(), () -> {}).run();
      }
    }
    drain(queue);
    over.set(0, 1);
    for (Thread t : thieves) {
      t.join();
    }
    for (int i = 0; i < count; i++) {
      assertEquals(1, runs.get(i), "task " + i);
    }
  }

  private static void drain(RunQueue queue) {
    @Nullable Runnable task;
    while ((task = queue.pop()) != null) {
      task.run();
    }
  }
}
