package gonet.internal.time;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits a moment behind a failure, which may be want of memory. A virtual thread that parks for a
 * time then is lost: the JDK has no memory for its timer, after it has left its carrier, and nobody
 * ever continues it (JDK 25, {@code VirtualThread.afterYield}). So a virtual thread stays on its
 * carrier, and waits for less.
 */
public final class Pause {
  private static final long LONGEST_SPIN_NANOS = 1_000_000;

  private Pause() {}

  /** Needs no memory. An interrupt ends it early. */
  public static void afterFailure(long nanos) {
    if (!Thread.currentThread().isVirtual()) {
      LockSupport.parkNanos(nanos);
      return;
    }
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < Math.min(nanos, LONGEST_SPIN_NANOS)) {
      Thread.onSpinWait();
    }
  }
}
