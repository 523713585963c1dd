package gonet.internal.poll;

import gonet.internal.time.Clock;
import gonet.internal.time.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One direction of a descriptor: what is known about its readiness, the thread that waits for it,
 * and until when. Go has the same in {@code pollDesc.rg} and {@code pollDesc.wg}; the states
 * differ, because gonet does not try a system call that is known to be in vain.
 *
 * <pre>
 *                 beginTry (just before a system call)
 *      +-------------------------------------------------------+
 *      |                                                        |
 *      v        EAGAIN, or a short read that proves it          |
 *   UNKNOWN ------------------------------------> EMPTY         |
 *      |                CAS, by the operation     |  ^          |
 *      |                                    park: |  | deadline, interrupt, close: CAS, by the thread,
 *      | edge: the poller                     CAS |  |   when whoever caused it has unparked the thread
 *      |                                          v  |          |
 *      |                                         THREAD         |
 *      |                                          | edge: the poller, which then unparks the thread
 *      v                                          v             |
 *    READY <--------------------------------------+             |
 *      |    (also from EMPTY)                                   |
 *      +--------------------------------------------------------+
 *
 *   UNKNOWN   a system call must be tried (the first state)
 *   EMPTY     the kernel was seen empty, and no edge has come since
 *   READY     an edge came
 *   THREAD    the parked thread
 * </pre>
 *
 * <p>A {@link ReadWait} may stand in the place of THREAD, for a wait that needs no thread. It comes
 * in by the same CAS from EMPTY and goes out by the same edges, close, and {@link #take}; being
 * told replaces being unparked. Deadlines and interrupts leave it alone: they belong to calls and
 * to threads, and no call is waiting. The differences to a thread, and why they do no harm:
 *
 * <ul>
 *   <li>A thread that was unparked looks at the state and at its reasons to stop again; a wait that
 *       was told does not. So it is told by the one who took it out of the slot and by nobody else,
 *       and taking is a CAS or an exchange: exactly one succeeds.
 *   <li>A thread looks for a close after it has stored itself, in its loop. {@link #enter} does so
 *       once for the wait, and takes it out again; if somebody else was quicker, that one tells it.
 *   <li>An edge that is told in vain costs a thread a system call; for a wait it is the business of
 *       whoever it wakes.
 *   <li>Nothing can fail when a thread is unparked; a wait may need memory. One that throws goes
 *       back into the slot, and the slot's own timer tells it again. If even that cannot be armed
 *       it stands there as before, until the next edge, close or shutdown.
 * </ul>
 *
 * <p>Why no wake-up is lost:
 *
 * <ol>
 *   <li>An edge before {@link #beginTry} may be overwritten by UNKNOWN: the system call behind it
 *       finds what the edge announced. Only that system call justifies the overwriting, so nobody
 *       may put UNKNOWN without making one.
 *   <li>An edge after {@code beginTry} leaves READY, and the CAS from UNKNOWN to EMPTY fails. An
 *       edge after that CAS leaves READY, and the CAS from EMPTY to THREAD fails. An edge after
 *       that one finds the thread and unparks it; the park permit remembers an unpark that comes
 *       first.
 *   <li>Close and a new deadline are published before the slot is read; the waiter stores itself in
 *       the slot before it reads them again. All of these are volatile, so one sees the other.
 * </ol>
 *
 * <p>Threads: the operation that owns the direction's lock in {@link FDMutex} calls {@code
 * mustTry}, {@code beginTry}, {@code sawEmpty}, {@code await} and {@code pause}; so there is at
 * most one waiter. The poller calls {@code ready}. Anybody calls {@code evict} and moves the
 * deadline.
 */
@SuppressWarnings("ReferenceEquality") // the states are identities
final class ParkSlot extends Timer {
  private static final Object UNKNOWN = "unknown";
  private static final Object EMPTY = "empty";
  private static final Object READY = "ready";

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(ParkSlot.class, "state", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PollDesc desc;

  /**
   * One of the three constants, the parked thread or a {@link ReadWait}. The picture above says who
   * writes what.
   */
  private volatile Object state = UNKNOWN;

  /** The sticky deadline, {@link Clock#NONE} for none. Written by any thread. */
  private volatile long deadline;

  /**
   * The deadline of the call that waits now. Written by the owner of the direction's lock. While a
   * {@link ReadWait} owns that, which has no deadline: {@link #UNTOLD} or {@link Clock#NONE}.
   */
  private volatile long callDeadline;

  /** The wait in the slot has thrown when it was told, and this timer tells it again. */
  private static final long UNTOLD = Long.MIN_VALUE;

  private static final long RETRY_NANOS = 10_000_000;

  ParkSlot(PollDesc desc) {
    this.desc = desc;
  }

  // ---- the operation ---------------------------------------------------------------------------

  /** Whether a system call may find something: false while the kernel is known to be empty. */
  boolean mustTry() {
    return state != EMPTY;
  }

  /**
   * Whether the direction's operation, if there is one, may be inside a system call or about to
   * make one: false while it is known to wait.
   */
  boolean mayBeTrying() {
    Object s = state;
    return s == UNKNOWN || s == READY;
  }

  /** A system call follows at once. */
  void beginTry() {
    state = UNKNOWN;
  }

  /** The system call found nothing, or took all there was. False: an edge came, try again. */
  boolean sawEmpty() {
    return STATE.compareAndSet(this, UNKNOWN, EMPTY);
  }

  /**
   * Waits, in state EMPTY, for an edge.
   *
   * @param callLimit the call's own deadline or {@link Clock#NONE}
   * @return null when it is worth to try again, otherwise why not
   */
  FDException.@org.jspecify.annotations.Nullable Kind await(long callLimit) {
    return await(callLimit, true);
  }

  private FDException.@org.jspecify.annotations.Nullable Kind await(long callLimit, boolean arm) {
    callDeadline = callLimit;
    Thread self = Thread.currentThread();
    if (!STATE.compareAndSet(this, EMPTY, self)) {
      return null;
    }
    FDException.Kind stop;
    try {
      if (arm) {
        desc.arm(this);
      }
      while ((stop = whyStop(self)) == null) {
        long limit = limit();
        if (limit != Clock.NONE && !armedBy(limit)) {
          desc.timers().arm(this, limit);
        }
        if (state != self) {
          break;
        }
        LockSupport.park(desc);
        if (state != self) {
          break;
        }
      }
    } catch (Throwable t) {
      // Not waiting any more. Whatever this overwrites, an edge included, the next operation's
      // system call finds what it announced.
      state = UNKNOWN;
      throw t;
    }
    // On success the slot is READY: the caller's loop looks again.
    if (stop != null && !STATE.compareAndSet(this, self, EMPTY) && state == READY) {
      return stop == FDException.Kind.INTERRUPTED ? null : stop;
    }
    return stop;
  }

  /**
   * Waits until {@code until} whatever edges come, because the next try would fail for a reason
   * that no edge ends. Leaves UNKNOWN: a try must follow, and it sees what the edges announced.
   * Arms nothing: where the kernel reports levels, this one is there all the time.
   *
   * @param over becomes true, before a call of {@link #ready}, when the next try may do better
   * @return null when it is worth to try again, otherwise why the wait ended early
   */
  FDException.@org.jspecify.annotations.Nullable Kind pause(long until, BooleanSupplier over) {
    for (; ; ) {
      state = EMPTY;
      if (over.getAsBoolean()) { // asked behind the write: a ready() since is still seen below
        state = UNKNOWN;
        return null;
      }
      FDException.Kind stop = await(until, false);
      if (Clock.now() >= until && (stop == null || stop == FDException.Kind.TIMEOUT)) {
        state = UNKNOWN;
        return null;
      }
      if (stop != null) {
        state = UNKNOWN;
        return stop;
      }
    }
  }

  /**
   * Lets {@code wait} wait, in state EMPTY, for an edge.
   *
   * @return false when an edge or a close came first: look again. An Error means the same
   */
  boolean enter(ReadWait wait) {
    // Armed first, so that nothing can fail once the wait stands there: an edge in between leaves
    // READY.
    desc.arm(this);
    callDeadline = Clock.NONE;
    if (!STATE.compareAndSet(this, EMPTY, wait)) {
      return false;
    }
    // Close is published before it looks at the slot; one of the two sees the other.
    if (!desc.closing) {
      return true;
    }
    try {
      return !take(wait);
    } catch (Error e) {
      return true; // it stays, and whoever closed looks again
    }
  }

  /** Ends a wait without telling it. False when it was taken out already, and told. */
  boolean take(ReadWait wait) {
    return STATE.compareAndSet(this, wait, EMPTY);
  }

  /** Whether an operation of this direction may begin, or go on: null, or why not. */
  FDException.@org.jspecify.annotations.Nullable Kind check(long callLimit) {
    if (desc.closing()) {
      return FDException.Kind.CLOSED;
    }
    long limit = Clock.earlier(deadline, callLimit);
    return limit != Clock.NONE && limit <= Clock.now() ? FDException.Kind.TIMEOUT : null;
  }

  /** Which moment it is that has passed, after a timeout: the call's or the sticky one. */
  long struck(long callLimit) {
    long sticky = deadline;
    boolean calls =
        callLimit != Clock.NONE
            && callLimit <= Clock.now()
            && (sticky == Clock.NONE || callLimit < sticky);
    return calls ? callLimit : sticky != Clock.NONE ? sticky : Clock.LONG_AGO;
  }

  private FDException.@org.jspecify.annotations.Nullable Kind whyStop(Thread self) {
    if (desc.closing()) {
      return FDException.Kind.CLOSED;
    }
    long limit = limit();
    if (limit != Clock.NONE && limit <= Clock.now()) {
      return FDException.Kind.TIMEOUT;
    }
    return self.isInterrupted() ? FDException.Kind.INTERRUPTED : null;
  }

  private long limit() {
    return Clock.earlier(deadline, callDeadline);
  }

  // ---- everybody else --------------------------------------------------------------------------

  /** An edge: remembered, or handed to the waiting thread. */
  void ready() {
    if (state == READY) {
      return; // whoever overwrites this READY makes a system call after it, and sees the same
    }
    Object before = STATE.getAndSet(this, READY);
    if (before instanceof Thread waiter) {
      LockSupport.unpark(waiter);
    } else if (before instanceof ReadWait wait) {
      tell(wait);
    }
  }

  /** By who has put READY in the place of the wait. */
  private void tell(ReadWait wait) {
    try {
      wait.readable();
    } catch (RuntimeException | Error e) {
      tellAgain(wait);
      throw e; // whoever polls knows how to log
    }
  }

  private void tellAgain(ReadWait wait) {
    callDeadline = UNTOLD;
    if (!STATE.compareAndSet(this, READY, wait)) {
      return; // not possible: who else writes the slot owns the lock, or writes READY
    }
    // As in enter: one of the two sees the other.
    if (desc.closing()) {
      if (take(wait)) {
        wait.closed();
      }
      return;
    }
    desc.timers().arm(this, Clock.after(RETRY_NANOS));
  }

  /** Ends all waiting, because the descriptor is being closed. Publish that first. */
  void close() {
    if (state instanceof ReadWait wait) {
      if (take(wait)) {
        wait.closed();
      }
    } else {
      evict();
    }
  }

  /**
   * Sends the waiter, if there is one, to look for a reason to stop. Publish the reason first. The
   * waiter takes itself out of the slot, so that this can be repeated if it has failed.
   */
  void evict() {
    if (state instanceof Thread waiter) {
      LockSupport.unpark(waiter);
    }
  }

  /** The sticky deadline. */
  long deadline() {
    return deadline;
  }

  /** Moves the sticky deadline, for the call that waits now as well. */
  void deadline(long when) {
    deadline = when;
    // Without a waiter there is nothing to arm: the next one looks at the field itself.
    if (when != Clock.NONE && state instanceof Thread) {
      if (when <= Clock.now()) {
        evict();
      } else if (!armedBy(when)) {
        desc.timers().arm(this, when);
        // The last one out retires the timers, perhaps just before this one was armed for the first
        // time. Closing is published before that, so one of the two sees the other.
        if (desc.closing()) {
          desc.timers().retire(this);
        }
      }
    }
  }

  /** The thread that waits, for dumps. */
  @org.jspecify.annotations.Nullable
  Thread waiter() {
    return state instanceof Thread t ? t : null;
  }

  /** What the picture calls the present state, for dumps. */
  String stateName() {
    Object s = state;
    return s instanceof Thread t ? "parked " + t : s instanceof ReadWait ? "waits" : s.toString();
  }

  @Override
  protected long fire(long now) {
    Object s = state;
    if (s instanceof ReadWait wait && callDeadline == UNTOLD) {
      if (STATE.compareAndSet(this, s, READY)) {
        tell(wait);
      }
      return Clock.NONE;
    }
    if (!(s instanceof Thread)) {
      return Clock.NONE; // the next waiter arms for itself
    }
    long limit = limit();
    if (limit == Clock.NONE || limit > now) {
      return limit;
    }
    evict();
    return Clock.NONE;
  }
}
