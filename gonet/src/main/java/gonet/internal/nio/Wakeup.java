package gonet.internal.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * Ends a select that blocks, by at most one thread at a time.
 *
 * <p>{@code Selector.wakeup} enters a monitor of the JDK's, which the select enters as well after
 * it was woken. A virtual thread that finds the monitor taken gives its carrier back. Then it is
 * the next owner, but it may find no carrier for as long as others compute; and whoever comes
 * behind it waits too, the poller's thread among them, which serves everybody. So nobody may come
 * behind it: one thread wakes, all others leave it to that one.
 *
 * <pre>
 *              begin                 a thread wakes
 *    IDLE -------------&gt; BLOCKING --------------------&gt; WAKING
 *    ^  ^ &lt;---- end -----    ^ &lt;------ it failed ------   |
 *    |  |                                                 | done
 *    |  +----- begin or end ----- WOKEN &lt;-----------------+
 *    |                              ^
 *    +----- a wake for the next ----+
 * </pre>
 *
 * <p>A select that ends in {@code WAKING} leaves the state to the thread that wakes. The next
 * select may not block without limit then: nobody but that thread could end it, and the thread may
 * have woken the one before. It asks again after a moment; that happens once, or for as long as the
 * thread finds no carrier.
 *
 * <p>{@link #begin} and {@link #end} are called by whoever may select, the others by any thread.
 */
final class Wakeup {
  /** No select blocks or is about to. */
  private static final int IDLE = 0;

  private static final int BLOCKING = 1;

  /** One thread is within the selector's own method. */
  private static final int WAKING = 2;

  /** Nobody has to wake until a select has ended or begun. */
  private static final int WOKEN = 3;

  private static final long A_MOMENT = TimeUnit.MILLISECONDS.toNanos(1);

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Wakeup.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state;

  /** Says how long a select that begins may block, in nanoseconds, if it wants {@code nanos}. */
  long begin(long nanos) {
    if (STATE.compareAndSet(this, WOKEN, IDLE)) {
      return 0;
    }
    if (STATE.compareAndSet(this, IDLE, BLOCKING) || state == BLOCKING) {
      return nanos;
    }
    return nanos < 0 ? A_MOMENT : Math.min(nanos, A_MOMENT);
  }

  void end() {
    if (!STATE.compareAndSet(this, BLOCKING, IDLE)) {
      STATE.compareAndSet(this, WOKEN, IDLE);
    }
  }

  /**
   * Ends a select that blocks or is about to, if there is one. What the caller has told the
   * selector before is seen by the next select.
   */
  void endSelect(Runnable wakeup) {
    if (state == BLOCKING && STATE.compareAndSet(this, BLOCKING, WAKING)) {
      // An Error may come here: then nobody has been woken, and the next one tries.
      int left = BLOCKING;
      try {
        wakeup.run();
        left = WOKEN;
      } finally {
        state = left;
      }
    }
  }

  /** The same; where no select blocks, the next one does not. */
  void endThisOrNext(Runnable wakeup) {
    if (!STATE.compareAndSet(this, IDLE, WOKEN)) {
      endSelect(wakeup);
    }
  }
}
