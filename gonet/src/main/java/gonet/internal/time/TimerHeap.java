package gonet.internal.time;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A four-ary heap of timers, earliest first: the shape Go's runtime uses, half as deep as a binary
 * one, and its children share a cache line. Each timer knows its index, so that removing one in the
 * middle, as every closed connection with a deadline does, costs a logarithm and not a search.
 *
 * <p>Not thread-safe: guarded by the lock of {@link Timers}.
 */
final class TimerHeap {
  private static final int ARITY = 4;

  private @Nullable Timer[] heap = new Timer[64];
  private int size;

  int size() {
    return size;
  }

  /** The earliest timer, or null. */
  @Nullable Timer first() {
    return size == 0 ? null : heap[0];
  }

  /** Puts a timer in, or moves it when it is in already. */
  void put(Timer timer, long when) {
    if (timer.index < 0 && size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2); // may fail, so nothing is changed before
    }
    timer.when(when);
    if (timer.index < 0) {
      timer.index = size++;
      heap[timer.index] = timer;
      up(timer);
    } else {
      up(timer);
      down(timer);
    }
  }

  /** Takes a timer out; false when it was not in. */
  boolean remove(Timer timer) {
    int hole = timer.index;
    if (hole < 0) {
      return false;
    }
    timer.index = Timer.OUT;
    timer.when(Timer.IDLE);
    Timer last = at(--size);
    heap[size] = null;
    if (hole != size) {
      last.index = hole;
      heap[hole] = last;
      up(last);
      down(last);
    }
    return true;
  }

  private void up(Timer timer) {
    int i = timer.index;
    while (i > 0) {
      int parent = (i - 1) / ARITY;
      Timer above = at(parent);
      if (above.when() <= timer.when()) {
        break;
      }
      place(above, i);
      i = parent;
    }
    place(timer, i);
  }

  private void down(Timer timer) {
    int i = timer.index;
    for (; ; ) {
      int first = i * ARITY + 1;
      if (first >= size) {
        break;
      }
      Timer least = at(first);
      int end = Math.min(first + ARITY, size);
      for (int child = first + 1; child < end; child++) {
        if (at(child).when() < least.when()) {
          least = at(child);
        }
      }
      if (timer.when() <= least.when()) {
        break;
      }
      int next = least.index;
      place(least, i);
      i = next;
    }
    place(timer, i);
  }

  private void place(Timer timer, int i) {
    heap[i] = timer;
    timer.index = i;
  }

  private Timer at(int i) {
    return Objects.requireNonNull(heap[i]);
  }
}
