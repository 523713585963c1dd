package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream, or a queue of connections, that never runs dry must not keep its carrier for itself.
 * Called without the lock where possible: on a single carrier, a thread that waits for the lock
 * runs now or never, and would find it held each time.
 *
 * <p>Yielding alone lets in only those who stand in the same queue: the default scheduler empties
 * one queue before it looks at the next, and a thread that yields stands in its queue again. So
 * once in a while the thread leaves all queues. The moments are the same for all descriptors, so
 * that busy threads leave together and the queues do run empty.
 */
final class Turn {
  /** Successes in a row without a wait after which a virtual thread lets the others run. */
  static final int BUSY_CALLS = 32;

  /**
   * So many bytes count as one call more, for whoever keeps others waiting: a turn of some
   * megabytes, about a millisecond. Shorter ones cost the kernel more for each byte.
   */
  static final int BUSY_BYTES = 256 * 1024;

  /** A turn lasts 2^22 ns, some 4 ms. */
  private static final int SHIFT = 22;

  private Turn() {}

  /**
   * Stands aside if the thread is virtual.
   *
   * @param last the turn at whose beginning a thread last did so for this descriptor
   * @param yieldIsFair whoever yields on this thread's scheduler stands behind all who wait
   * @param blocker what the thread says it waits for
   * @return the same for the next time
   */
  @SuppressWarnings("ThreadPriorityCheck") // yielding is the point
  static int letOthersRun(int last, boolean yieldIsFair, Object blocker) {
    if (!Thread.currentThread().isVirtual()) {
      return last;
    }
    int now = (int) (Clock.now() >> SHIFT);
    if (now == last || yieldIsFair) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(blocker, 1); // comes back through the scheduler's timer, from outside
    }
    return now;
  }
}
