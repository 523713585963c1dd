package gonet.internal.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A ring of tasks that wait for one processor, first in, first out. Its owner pushes and pops, any
 * other processor steals. Go: {@code runqput}, {@code runqget} and {@code runqgrab}.
 *
 * <pre>
 *        head                tail
 *   . . .  t  t  t  t  t  t  . . .     both only grow; their distance is the number of tasks
 *          ^                 ^
 *          CAS, by whoever   release store,
 *          takes             by the owner
 * </pre>
 *
 * <p>Who takes reads the slot first and moves the head then; if that fails, what was read counts
 * for nothing. Slots are emptied so that a task that has run is garbage. The thief does so by CAS,
 * because the owner may have used the slot again.
 */
final class RunQueue {
  /** Room for an epoll batch in which every descriptor wakes a reader and a writer. */
  static final int CAPACITY = 512;

  private static final int MASK = CAPACITY - 1;

  private static final VarHandle HEAD;
  private static final VarHandle TAIL;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Runnable[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(RunQueue.class, "head", int.class);
      TAIL = lookup.findVarHandle(RunQueue.class, "tail", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Runnable[] slots = new Runnable[CAPACITY];

  /** The next task to take. By CAS. */
  private volatile int head;

  /** The next free slot. Written by the owner. */
  private volatile int tail;

  /** Tasks in it; a moment's view, exact for the owner as long as nobody steals. */
  int size() {
    return Math.max(tail - head, 0);
  }

  /** Owner only. False when it is full. */
  boolean push(Runnable task) {
    int t = (int) TAIL.get(this);
    if (t - (int) HEAD.getAcquire(this) == CAPACITY) {
      return false;
    }
    SLOT.setOpaque(slots, t & MASK, task);
    TAIL.setRelease(this, t + 1);
    return true;
  }

  /** Owner only. */
  @Nullable Runnable pop() {
    int t = (int) TAIL.get(this);
    for (; ; ) {
      int h = (int) HEAD.getAcquire(this);
      if (h == t) {
        return null;
      }
      Runnable task = (Runnable) SLOT.getOpaque(slots, h & MASK);
      if (HEAD.compareAndSet(this, h, h + 1)) {
        SLOT.setOpaque(slots, h & MASK, (Runnable) null);
        return task;
      }
    }
  }

  /**
   * Takes half of the victim's tasks, the older ones, or the only one. Owner of this queue only,
   * which must be empty.
   *
   * @return whether there were any
   */
  boolean stealFrom(RunQueue victim) {
    int t = (int) TAIL.get(this);
    for (; ; ) {
      int h = (int) HEAD.getAcquire(victim);
      int n = (int) TAIL.getAcquire(victim) - h;
      n -= n / 2;
      if (n <= 0) {
        return false;
      }
      if (n > CAPACITY / 2) {
        continue; // head and tail do not belong together
      }
      for (int i = 0; i < n; i++) {
        Runnable task = (Runnable) SLOT.getOpaque(victim.slots, h + i & MASK);
        SLOT.setOpaque(slots, t + i & MASK, task);
      }
      if (HEAD.compareAndSet(victim, h, h + n)) {
        for (int i = 0; i < n; i++) {
          Runnable task = (Runnable) SLOT.getOpaque(slots, t + i & MASK);
          SLOT.compareAndSet(victim.slots, h + i & MASK, task, (Runnable) null);
        }
        TAIL.setRelease(this, t + n);
        return true;
      }
      for (int i = 0; i < n; i++) {
        SLOT.setOpaque(slots, t + i & MASK, (Runnable) null); // somebody else took them
      }
    }
  }
}
