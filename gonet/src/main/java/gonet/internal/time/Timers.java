package gonet.internal.time;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one poller and the platform thread that fires them. A platform thread, because a
 * deadline must also end a wait that holds the last carrier.
 *
 * <p>Thread-safe. Nothing blocks while the lock is held, so neither a carrier nor the timer thread
 * waits long for it.
 */
public final class Timers {
  /** When a timer is fired again that met an Error, for want of memory for instance. */
  private static final long RETRY_NANOS = 10_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Consumer<Throwable> onFailure;

  /** Guarded by {@link #lock}. */
  private final TimerHeap heap = new TimerHeap();

  /** The moment the thread sleeps until, {@code Long.MAX_VALUE} without end. Guarded by lock. */
  private long sleepsUntil; // zero until the thread has looked into the heap

  private final long idleNanos;

  /** Started with the first timer; null when it has ended. Guarded by lock. */
  private @Nullable Thread thread;

  /**
   * @param onFailure told of a Throwable that a timer threw; the thread goes on afterwards
   */
  public Timers(Consumer<Throwable> onFailure) {
    this(onFailure, Daemons.IDLE_NANOS);
  }

  /** For tests that cannot wait for so long until an idle thread ends. */
  Timers(Consumer<Throwable> onFailure, long idleNanos) {
    this.onFailure = onFailure;
    this.idleNanos = idleNanos;
  }

  /**
   * Makes sure the timer fires at {@code when} or earlier. A timer armed for an earlier moment
   * stays as it is: it fires then and is asked again. A retired timer stays out, and {@code
   * Long.MAX_VALUE} is never.
   */
  public void arm(Timer timer, long when) {
    Thread sleeper = null;
    lock.lock();
    try {
      if (timer.armedBy(when) || timer.index == Timer.RETIRED || when >= Timer.IDLE) {
        return;
      }
      if (thread == null || thread.getState() == Thread.State.TERMINATED) {
        thread = start(); // before anything is changed: it may fail for want of memory
      }
      heap.put(timer, when);
      if (when < sleepsUntil) {
        sleeper = thread;
        sleepsUntil = when;
      }
    } finally {
      lock.unlock();
    }
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /**
   * Forgets the timer at once and for good, so that a closed connection is garbage before its
   * deadline. A timer that is just firing cannot arm itself again after this. Costs no lock for a
   * timer that was never armed, which nobody arms any more when its owner retires it.
   */
  public void retire(Timer timer) {
    if (timer.when() == Timer.UNUSED) {
      return;
    }
    lock.lock();
    try {
      heap.remove(timer);
      timer.index = Timer.RETIRED;
    } finally {
      lock.unlock();
    }
  }

  /** Armed timers, for leak checks and statistics. */
  public int armed() {
    lock.lock();
    try {
      return heap.size();
    } finally {
      lock.unlock();
    }
  }

  private Thread start() {
    return Daemons.start("gonet-timer", new Persistent(this::loop));
  }

  private void loop() {
    for (; ; ) {
      try {
        long wait = fireNext();
        var _ = Thread.interrupted(); // while the status is set a park returns at once
        // An unpark since the heap was looked at is remembered by the park permit.
        if (wait == Long.MAX_VALUE) {
          long end = Clock.after(idleNanos);
          LockSupport.parkNanos(this, idleNanos);
          if (Clock.now() >= end && ended()) {
            return;
          }
        } else if (wait > 0) {
          // The timer may be retired meanwhile, which wakes nobody: then this is idle.
          LockSupport.parkNanos(this, Math.min(wait, idleNanos));
        }
      } catch (Throwable t) {
        onFailure.accept(t);
      }
    }
  }

  /** There is no timer, and the next one starts another thread. */
  private boolean ended() {
    lock.lock();
    try {
      if (heap.first() != null) {
        return false;
      }
      thread = null;
      sleepsUntil = 0; // as before the first
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Fires the earliest timer if it is due. A method of its own, because a variable of the frame
   * that sleeps would keep the timer, and with it a connection, from being collected.
   *
   * @return how many nanoseconds to sleep, {@code Long.MAX_VALUE} without end; 0 to look again
   */
  private long fireNext() {
    Timer first;
    lock.lock();
    try {
      first = heap.first();
      if (first == null) {
        sleepsUntil = Long.MAX_VALUE;
        return Long.MAX_VALUE;
      }
      long wait = first.when() - Clock.now();
      if (wait > 0) {
        sleepsUntil = first.when();
        return wait;
      }
      heap.remove(first);
    } finally {
      lock.unlock();
    }
    long again;
    try {
      again = first.fire(Clock.now());
    } catch (Error e) {
      arm(first, Clock.after(RETRY_NANOS)); // whoever waits for it still does
      throw e;
    }
    if (again != Clock.NONE) {
      arm(first, again);
    }
    return 0;
  }
}
