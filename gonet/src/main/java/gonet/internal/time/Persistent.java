package gonet.internal.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a thread alive that others depend on. Its loop handles its own failures; but where memory
 * or stack is short the handler fails as well, be it by the first use of a constant or by the call
 * of the logger. Then the loop is entered again.
 */
public final class Persistent {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Persistent() {}

  /** Runs {@code loop} until it returns, again and again if it throws. */
  public static void run(Runnable loop) {
    boolean failed = false;
    for (; ; ) {
      try {
        if (failed) {
          failed = false;
          LockSupport.parkNanos(PAUSE_NANOS); // a failure that stays must not fill a core
        }
        loop.run();
        return;
      } catch (Throwable t) {
        failed = true; // and nothing else: whatever was called here could fail, too
      }
    }
  }
}
