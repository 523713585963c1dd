package gonet.internal.poll;

import gonet.internal.backend.StackRoom;
import gonet.internal.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a descriptor open while it is used, and lets one reader and one writer in at a time: Go's
 * {@code fdMutex}. The descriptor is destroyed after close and after the last reference, by whoever
 * {@linkplain #claim claims} that, so no system call can ever run on a number that the kernel has
 * given to somebody else.
 *
 * <pre>
 *   bit 0        closed: no new reference, no new lock
 *   bit 1        the read lock is held
 *   bit 2        the write lock is held
 *   bits 3..22   references; each lock held counts as one
 *   bit 23       claimed: somebody destroys the descriptor, or has
 * </pre>
 *
 * <p><b>Turns.</b> Waiters for a lock stand in a queue of their direction, which exists only once
 * two threads have met. Unlocking clears the bit and signals one waiter, which competes for the
 * lock again; so a thread that comes by need not wait for another to wake up, and two that write in
 * turn do not switch for each write. A waiter that loses against such a thread goes to the front,
 * and when it has waited for {@link #PATIENCE_NANOS} by then, the next unlock gives it the lock: as
 * Go's {@code sync.Mutex}.
 *
 * <pre>
 *                 +--CAS, by the unlocker--> SIGNALLED   competes for the lock
 *   waiter:    WAITING
 *                 +--CAS, by the unlocker, if it has lost before--> GRANTED   has the lock
 *                 +--CAS, by the waiter, after a timeout, an interrupt or a look--> LEFT
 * </pre>
 *
 * <p>A signal is never lost: who enqueues looks at the word again afterwards, and who unlocks
 * writes the word before it looks at the queue. A waiter that gives up although it was signalled
 * passes the signal on, and one that was granted the lock has it.
 *
 * <p><b>Debts.</b> Locking may need a frame less than unlocking, so at the end of its stack a
 * thread can get a lock that it cannot give back. It leaves {@link #readOwed} or {@link
 * #writeOwed}, for which the store of a field is enough: the lock is held, and its holder is gone.
 * Whoever takes the debt over, by CAS, is the holder: the next thread that wants the lock, or
 * whoever closes. A waiter looks for one every {@link #LOOK_NANOS} too, as for a signal that an
 * Error has swallowed.
 */
final class FDMutex {

  /** Outcome of {@link #lock}. */
  enum Outcome {
    LOCKED,
    CLOSED,
    TIMEOUT,
    INTERRUPTED
  }

  /** The sticky deadlines, which bound the wait for a lock too. */
  interface Deadlines {
    /** A moment of {@link Clock}, or {@link Clock#NONE}. */
    long deadline(boolean ofReads);
  }

  private static final Deadlines NO_DEADLINES = ofReads -> Clock.NONE;

  private static final long CLOSED = 1;
  private static final long READ = 1 << 1;
  private static final long WRITE = 1 << 2;
  private static final long REF = 1 << 3;
  private static final long CLAIMED = 1 << 23;

  /** As in Go: more than a million concurrent calls on one descriptor are a program's error. */
  static final long MAX_REFS = (1 << 20) - 1;

  private static final long REFS = MAX_REFS * REF;

  /** Who has waited for so long and loses the lock again is given the next turn. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** How often a waiter looks whether it has been forgotten. */
  static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final VarHandle WORD;
  private static final VarHandle READERS;
  private static final VarHandle WRITERS;
  private static final VarHandle READ_OWED;
  private static final VarHandle WRITE_OWED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(FDMutex.class, "word", long.class);
      READERS = lookup.findVarHandle(FDMutex.class, "readers", ConcurrentLinkedDeque.class);
      WRITERS = lookup.findVarHandle(FDMutex.class, "writers", ConcurrentLinkedDeque.class);
      READ_OWED = lookup.findVarHandle(FDMutex.class, "readOwed", boolean.class);
      WRITE_OWED = lookup.findVarHandle(FDMutex.class, "writeOwed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long word;

  /** Threads that wait for the read lock; null until two have met. Never goes back to null. */
  private volatile @Nullable ConcurrentLinkedDeque<Waiter> readers;

  /** The same for the write lock. */
  private volatile @Nullable ConcurrentLinkedDeque<Waiter> writers;

  /**
   * The holder of the read lock met an Error and could not unlock. Set by that holder, with a plain
   * store to this field and no call; cleared by CAS by who is the holder from then on.
   */
  volatile boolean readOwed;

  /** The same for the write lock. */
  volatile boolean writeOwed;

  /**
   * Does once all that is done on the way of a read or a write, so that no class is left to
   * initialise and no handle to link between a CAS and what belongs to it.
   */
  static void walkThrough() {
    for (boolean read : new boolean[] {true, false}) {
      FDMutex mutex = new FDMutex();
      var _ = mutex.lock(read, Clock.NONE);
      if (read) {
        mutex.readOwed = true;
      } else {
        mutex.writeOwed = true;
      }
      var _ = mutex.lock(read, Clock.NONE);
      var _ = mutex.lock(read, Clock.LONG_AGO);
      var _ = mutex.isWriting();
      var _ = mutex.unlock(read);
      var _ = mutex.incref();
      var _ = mutex.decref();
      var _ = mutex.close();
      mutex.sendAway();
      var _ = mutex.lock(read, Clock.NONE);
      var _ = mutex.settle();
      var _ = mutex.claim();
    }
  }

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

  /** Drops a reference; true when the descriptor is to be destroyed, see {@link #claim}. */
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

  // ---- close -----------------------------------------------------------------------------------

  /**
   * Closes: no reference and no lock is given from now on. To be followed by {@link #sendAway}.
   *
   * @return false when it was closed before
   */
  boolean close() {
    for (; ; ) {
      long w = word;
      if ((w & CLOSED) != 0) {
        return false;
      }
      if (WORD.compareAndSet(this, w, w | CLOSED)) {
        return true;
      }
    }
  }

  /** Sends everybody away who waits for a lock that is closed. May be repeated. */
  void sendAway() {
    signalAll(readers);
    signalAll(writers);
  }

  /**
   * Unlocks what is owed, see the class comment.
   *
   * @return whether the descriptor is to be destroyed, see {@link #claim}
   */
  boolean settle() {
    settle(true);
    settle(false);
    return (word & (CLOSED | REFS | CLAIMED)) == CLOSED;
  }

  private void settle(boolean read) {
    if (takeOver(read)) {
      try {
        var _ = unlock(read);
      } catch (Error e) {
        if (read) {
          readOwed = true;
        } else {
          writeOwed = true;
        }
        throw e;
      }
    }
  }

  /** Whether {@link #settle} would find something to do. */
  boolean owes() {
    return readOwed || writeOwed || (word & (CLOSED | REFS | CLAIMED)) == CLOSED;
  }

  /** True for one caller, after close and the last reference: that one destroys the descriptor. */
  boolean claim() {
    long w = word;
    return (w & (CLOSED | REFS | CLAIMED)) == CLOSED
        && WORD.compareAndSet(this, w, w | CLAIMED); // nothing else changes it any more
  }

  /** Whether somebody holds the write lock now. */
  boolean isWriting() {
    return (word & WRITE) != 0 && !writeOwed;
  }

  // ---- locks -----------------------------------------------------------------------------------

  /**
   * Takes the read or the write lock and a reference. Waits while another thread holds it, at most
   * until {@code limit}. The CAS that takes the lock is the last call, so an Error means that it
   * was not taken.
   *
   * @param read which of the two
   * @param limit a moment of {@link Clock}, or {@link Clock#NONE}
   */
  Outcome lock(boolean read, long limit) {
    return lock(read, limit, NO_DEADLINES);
  }

  /** The same until the sticky deadline as well, which may move meanwhile. */
  Outcome lock(boolean read, long limit, Deadlines deadlines) {
    long bit = read ? READ : WRITE;
    long w = word;
    if ((w & (bit | CLOSED)) == 0 && WORD.compareAndSet(this, w, withRef(w) | bit)) {
      return Outcome.LOCKED;
    }
    return lockSlowly(read, bit, limit, deadlines);
  }

  /**
   * Releases what {@link #lock} took, or hands it to a waiter. An Error means that nothing was
   * released: what may fail behind the CAS does not matter, for the waiters look again.
   *
   * @return true when the descriptor is to be destroyed, see {@link #claim}
   */
  boolean unlock(boolean read) {
    ConcurrentLinkedDeque<Waiter> queue = read ? readers : writers;
    if (queue != null && handedOver(queue)) {
      return false;
    }
    long bit = read ? READ : WRITE;
    for (; ; ) {
      long w = word;
      if ((w & bit) == 0 || (w & REFS) == 0) {
        throw new IllegalStateException("lock released that was never taken");
      }
      long next = (w & ~bit) - REF;
      if (WORD.compareAndSet(this, w, next)) {
        try {
          signal(read ? readers : writers);
        } catch (Throwable t) {
          // see LOOK_NANOS
        }
        return (next & (CLOSED | REFS)) == CLOSED;
      }
    }
  }

  /** Gives the lock, which the caller holds, to the first in the queue if that one has lost it. */
  private static boolean handedOver(ConcurrentLinkedDeque<Waiter> queue) {
    Waiter first;
    while ((first = queue.peekFirst()) != null && first.lost) {
      if (!first.end(Waiter.GRANTED)) {
        var _ = queue.remove(first); // it has left
        continue;
      }
      try {
        LockSupport.unpark(first.thread);
      } catch (Throwable t) {
        // see LOOK_NANOS
      }
      return true;
    }
    return false;
  }

  private Outcome lockSlowly(boolean read, long bit, long limit, Deadlines deadlines) {
    Outcome atOnce = tryLock(bit); // mostly it is the other direction that was quicker
    return atOnce != null ? atOnce : waitForLock(queue(read), read, bit, limit, deadlines);
  }

  /** Null when somebody has it. */
  private @Nullable Outcome tryLock(long bit) {
    for (; ; ) {
      long w = word;
      if ((w & CLOSED) != 0) {
        return Outcome.CLOSED;
      }
      if ((w & bit) != 0) {
        return null;
      }
      if (WORD.compareAndSet(this, w, withRef(w) | bit)) {
        return Outcome.LOCKED;
      }
    }
  }

  /**
   * Nothing in the loop, as far as it is often run, depends on {@code read}: the queue was found
   * before, and whether anything is owed at all is asked first. Where it did depend, C2 of JDK
   * 25.0.3 crashed over the loop (SIGSEGV in {@code Node::rematerialize}), in three of four
   * compilations behind a long mix of waits, timeouts and closes.
   */
  private Outcome waitForLock(
      ConcurrentLinkedDeque<Waiter> queue,
      boolean read,
      long bit,
      long limit,
      Deadlines deadlines) {
    Waiter before = null;
    for (; ; ) {
      if (owes() && takeOver(read)) {
        return Outcome.LOCKED; // if it is closed as well, the operation finds out
      }
      StackRoom.requireMuch(); // from here on a lock may be given to this thread
      Waiter self = new Waiter(Thread.currentThread(), before);
      Outcome end = waitOnce(self, queue, read, bit, limit, deadlines);
      end = end == null ? tryLock(bit) : end;
      if (end != null) {
        return end;
      }
      before = self;
    }
  }

  /** One wait in the queue. Null when it is worth to look at the word again. */
  private @Nullable Outcome waitOnce(
      Waiter self,
      ConcurrentLinkedDeque<Waiter> queue,
      boolean read,
      long bit,
      long limit,
      Deadlines deadlines) {
    Outcome stop = null;
    try {
      if (self.signalledBefore) {
        queue.addFirst(self);
      } else {
        queue.addLast(self);
      }
      // The holder may have unlocked before it could see us: look again before sleeping.
      stop = mayBeFree(read, bit) ? null : await(self, read, bit, limit, deadlines);
    } catch (Throwable t) {
      if (hasLeftWith(self, queue, true)) {
        var _ = unlock(read);
      }
      throw t;
    }
    if (hasLeftWith(self, queue, stop != null)) {
      return Outcome.LOCKED;
    }
    return stop != null && (word & CLOSED) != 0 ? Outcome.CLOSED : stop;
  }

  /** Null when it is worth to look at the word again, or when the lock was granted. */
  private @Nullable Outcome await(
      Waiter self, boolean read, long bit, long callLimit, Deadlines deadlines) {
    while (self.waits()) {
      if (self.thread.isInterrupted()) {
        return Outcome.INTERRUPTED;
      }
      long nanos = LOOK_NANOS;
      long limit = Clock.earlier(callLimit, deadlines.deadline(read));
      if (limit != Clock.NONE) {
        nanos = Math.min(nanos, limit - Clock.now());
        if (nanos <= 0) {
          return Outcome.TIMEOUT;
        }
      }
      LockSupport.parkNanos(this, nanos);
      if (mayBeFree(read, bit)) {
        return null;
      }
    }
    return null;
  }

  /** A sticky deadline has moved: all who wait for the lock look at it. Publish it first. */
  void deadlineMoved(boolean read) {
    ConcurrentLinkedDeque<Waiter> queue = read ? readers : writers;
    if (queue != null) {
      for (Waiter waiter : queue) {
        LockSupport.unpark(waiter.thread);
      }
    }
  }

  private boolean mayBeFree(boolean read, long bit) {
    return (word & (bit | CLOSED)) != bit || owes() && (read ? readOwed : writeOwed);
  }

  /**
   * Stops waiting.
   *
   * @param givesUp whether a signal that has come is of no use to this waiter and goes to the next
   * @return whether the lock has been granted
   */
  private static boolean hasLeftWith(
      Waiter self, ConcurrentLinkedDeque<Waiter> queue, boolean givesUp) {
    if (self.end(Waiter.LEFT) || self.granted()) {
      var _ = queue.remove(self);
      return self.granted();
    }
    if (givesUp) {
      signal(queue);
    }
    return false;
  }

  /** Whether this thread is now the holder of a lock that was owed. */
  private boolean takeOver(boolean read) {
    return read
        ? readOwed && READ_OWED.compareAndSet(this, true, false)
        : writeOwed && WRITE_OWED.compareAndSet(this, true, false);
  }

  private static void signal(@Nullable ConcurrentLinkedDeque<Waiter> queue) {
    if (queue == null) {
      return;
    }
    Waiter next;
    while ((next = queue.pollFirst()) != null) {
      if (next.end(Waiter.SIGNALLED)) {
        LockSupport.unpark(next.thread);
        return;
      }
    }
  }

  private static void signalAll(@Nullable ConcurrentLinkedDeque<Waiter> queue) {
    if (queue == null) {
      return;
    }
    Waiter next;
    while ((next = queue.pollFirst()) != null) {
      if (next.end(Waiter.SIGNALLED)) {
        LockSupport.unpark(next.thread);
      }
    }
  }

  private ConcurrentLinkedDeque<Waiter> queue(boolean read) {
    ConcurrentLinkedDeque<Waiter> queue = read ? readers : writers;
    if (queue == null) {
      ConcurrentLinkedDeque<Waiter> fresh = new ConcurrentLinkedDeque<>();
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

  /** Whether a thread that has lost a lock stands in front of it, for tests. */
  boolean hasLoser(boolean read) {
    ConcurrentLinkedDeque<Waiter> queue = read ? readers : writers;
    Waiter first = queue == null ? null : queue.peekFirst();
    return first != null && first.lost;
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
    private static final int GRANTED = 2;
    private static final int LEFT = 3;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final Thread thread;
    private final long began;

    /** In one of the waits before this one of the same call. */
    private final boolean signalledBefore;

    /** It was signalled, and another thread was quicker, although it has waited for long. */
    private final boolean lost;

    private volatile int state;

    /**
     * @param before the one before of the same call; null for the first
     */
    Waiter(Thread thread, @Nullable Waiter before) {
      this.thread = thread;
      long now = Clock.now();
      this.began = before == null ? now : before.began;
      this.signalledBefore = before != null && (before.signalledBefore || before.signalled());
      this.lost = signalledBefore && now - began >= PATIENCE_NANOS;
    }

    /** Ends the waiting, for one reason of several: true for the first. */
    boolean end(int how) {
      return STATE.compareAndSet(this, WAITING, how);
    }

    boolean waits() {
      return state == WAITING;
    }

    boolean signalled() {
      return state == SIGNALLED;
    }

    boolean granted() {
      return state == GRANTED;
    }
  }
}
