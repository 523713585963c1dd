package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a descriptor open while it is used, and lets one reader and one writer in at a time: Go's
 * {@code fdMutex}. Whoever drops the last reference after close destroys the descriptor, so no
 * system call can ever run on a number that the kernel has given to somebody else.
 *
 * <pre>
 *   bit 0        closed: no new reference, no new lock
 *   bit 1        the read lock is held
 *   bit 2        the write lock is held
 *   bits 3..22   references; each lock held counts as one
 * </pre>
 *
 * <p>Waiters for a lock stand in a queue of their direction, which exists only once two threads
 * have met. Unlocking clears the bit and signals one waiter, which competes for the lock again.
 *
 * <pre>
 *   waiter:    WAITING --CAS, by the unlocker--> SIGNALLED
 *                 |
 *                 +-----CAS, by the waiter, after a timeout, an interrupt or when it got the lock
 *                       without a signal-------> LEFT
 * </pre>
 *
 * <p>A signal is never lost: who enqueues looks at the word again afterwards, and who unlocks
 * writes the word before it looks at the queue. A waiter that gives up although it was signalled
 * passes the signal on.
 */
final class FDMutex {

  /** Outcome of {@link #lock}. */
  enum Outcome {
    LOCKED,
    CLOSED,
    TIMEOUT,
    INTERRUPTED
  }

  private static final long CLOSED = 1;
  private static final long READ = 1 << 1;
  private static final long WRITE = 1 << 2;
  private static final long REF = 1 << 3;

  /** As in Go: more than a million concurrent calls on one descriptor are a program's error. */
  static final long MAX_REFS = (1 << 20) - 1;

  private static final long REFS = MAX_REFS * REF;

  private static final VarHandle WORD;
  private static final VarHandle READERS;
  private static final VarHandle WRITERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(FDMutex.class, "word", long.class);
      READERS = lookup.findVarHandle(FDMutex.class, "readers", ConcurrentLinkedQueue.class);
      WRITERS = lookup.findVarHandle(FDMutex.class, "writers", ConcurrentLinkedQueue.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long word;

  /** Threads that wait for the read lock; null until two have met. Never goes back to null. */
  private volatile @Nullable ConcurrentLinkedQueue<Waiter> readers;

  /** The same for the write lock. */
  private volatile @Nullable ConcurrentLinkedQueue<Waiter> writers;

  // ---- references ------------------------------------------------------------------------------

  /** Adds a reference; false when closed. */
  boolean incref() {
    for (; ; ) {
      long w = word;
      if ((w & CLOSED) != 0) {
        return false;
      }
      if (WORD.compareAndSet(this, w, withRef(w))) {
        return true;
      }
    }
  }

  /**
   * Closes: no reference and no lock is given from now on, and everybody who waits for a lock is
   * sent away. Adds a reference for the closer.
   *
   * @return false when it was closed before
   */
  boolean increfAndClose() {
    for (; ; ) {
      long w = word;
      if ((w & CLOSED) != 0) {
        return false;
      }
      if (WORD.compareAndSet(this, w, withRef(w) | CLOSED)) {
        signalAll(readers);
        signalAll(writers);
        return true;
      }
    }
  }

  /** Drops a reference; true when the caller must destroy the descriptor. */
  boolean decref() {
    for (; ; ) {
      long w = word;
      if ((w & REFS) == 0) {
        throw new IllegalStateException("reference dropped that was never taken");
      }
      long next = w - REF;
      if (WORD.compareAndSet(this, w, next)) {
        return (next & (CLOSED | REFS)) == CLOSED;
      }
    }
  }

  /** Whether somebody holds the write lock now. */
  boolean isWriting() {
    return (word & WRITE) != 0;
  }

  // ---- locks -----------------------------------------------------------------------------------

  /**
   * Takes the read or the write lock and a reference. Waits while another thread holds it, at most
   * until {@code limit}.
   *
   * @param read which of the two
   * @param limit a moment of {@link Clock}, or {@link Clock#NONE}
   */
  Outcome lock(boolean read, long limit) {
    long bit = read ? READ : WRITE;
    long w = word;
    if ((w & (bit | CLOSED)) == 0 && WORD.compareAndSet(this, w, withRef(w) | bit)) {
      return Outcome.LOCKED;
    }
    return lockSlowly(read, bit, limit);
  }

  /** Releases what {@link #lock} took; true when the caller must destroy the descriptor. */
  boolean unlock(boolean read) {
    long bit = read ? READ : WRITE;
    for (; ; ) {
      long w = word;
      if ((w & bit) == 0 || (w & REFS) == 0) {
        throw new IllegalStateException("lock released that was never taken");
      }
      long next = (w & ~bit) - REF;
      if (WORD.compareAndSet(this, w, next)) {
        signal(read ? readers : writers);
        return (next & (CLOSED | REFS)) == CLOSED;
      }
    }
  }

  private Outcome lockSlowly(boolean read, long bit, long limit) {
    for (; ; ) {
      long w = word;
      if ((w & CLOSED) != 0) {
        return Outcome.CLOSED;
      }
      if ((w & bit) == 0) {
        if (WORD.compareAndSet(this, w, withRef(w) | bit)) {
          return Outcome.LOCKED;
        }
        continue;
      }
      ConcurrentLinkedQueue<Waiter> queue = queue(read);
      Waiter self = new Waiter(Thread.currentThread());
      queue.add(self);
      // The holder may have unlocked before it could see us: look again before sleeping.
      if ((word & (bit | CLOSED)) != bit) {
        leave(self, queue);
        continue;
      }
      Outcome stop = self.await(limit);
      if (stop != Outcome.LOCKED) {
        leave(self, queue);
        return (word & CLOSED) != 0 ? Outcome.CLOSED : stop;
      }
    }
  }

  /** Stops waiting. A signal that has come in the meantime goes to the next. */
  private static void leave(Waiter self, ConcurrentLinkedQueue<Waiter> queue) {
    if (self.leave()) {
      queue.remove(self);
    } else {
      signal(queue);
    }
  }

  private static void signal(@Nullable ConcurrentLinkedQueue<Waiter> queue) {
    if (queue == null) {
      return;
    }
    Waiter next;
    while ((next = queue.poll()) != null) {
      if (next.signal()) {
        return;
      }
    }
  }

  private static void signalAll(@Nullable ConcurrentLinkedQueue<Waiter> queue) {
    if (queue == null) {
      return;
    }
    Waiter next;
    while ((next = queue.poll()) != null) {
      next.signal();
    }
  }

  private ConcurrentLinkedQueue<Waiter> queue(boolean read) {
    ConcurrentLinkedQueue<Waiter> queue = read ? readers : writers;
    if (queue == null) {
      ConcurrentLinkedQueue<Waiter> fresh = new ConcurrentLinkedQueue<>();
      (read ? READERS : WRITERS).compareAndSet(this, null, fresh);
      queue = read ? readers : writers;
    }
    if (queue == null) {
      throw new AssertionError("a queue never goes back to null");
    }
    return queue;
  }

  private static long withRef(long w) {
    if ((w & REFS) == REFS) {
      throw new IllegalStateException("too many concurrent operations on a single descriptor");
    }
    return w + REF;
  }

  @Override
  public String toString() {
    long w = word;
    return ((w & CLOSED) != 0 ? "closed " : "open ")
        + ((w & READ) != 0 ? "reading " : "")
        + ((w & WRITE) != 0 ? "writing " : "")
        + (w & REFS) / REF
        + " refs";
  }

  /** One waiting thread; the picture of its states is in the class comment. */
  private static final class Waiter {
    private static final int WAITING = 0;
    private static final int SIGNALLED = 1;
    private static final int LEFT = 2;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final Thread thread;
    private volatile int state;

    Waiter(Thread thread) {
      this.thread = thread;
    }

    boolean signal() {
      if (!STATE.compareAndSet(this, WAITING, SIGNALLED)) {
        return false;
      }
      LockSupport.unpark(thread);
      return true;
    }

    boolean leave() {
      return STATE.compareAndSet(this, WAITING, LEFT);
    }

    /** LOCKED stands for "signalled": the lock itself must still be taken. */
    Outcome await(long limit) {
      while (state == WAITING) {
        if (thread.isInterrupted()) {
          return Outcome.INTERRUPTED;
        }
        if (limit == Clock.NONE) {
          LockSupport.park(this);
          continue;
        }
        long left = limit - Clock.now();
        if (left <= 0) {
          return Outcome.TIMEOUT;
        }
        LockSupport.parkNanos(this, left);
      }
      return Outcome.LOCKED;
    }
  }
}
