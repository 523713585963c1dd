package gonet.internal.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a thread alive that others depend on. Its loop handles its own failures; but where memory
 * or stack is short the handler fails as well, be it by the first use of a constant or by the call
 * of the logger. Then the loop is entered again.
 *
 * <p>An object, so that all it needs is there before its thread starts: a lambda that was linked in
 * the thread could fail before this protects it.
 */
public final class Persistent implements Runnable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Runnable loop;

  /** Runs {@code loop} until it returns, again and again if it throws. */
  public Persistent(Runnable loop) {
    this.loop = loop;
  }

  @Override
  public void run() {
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
