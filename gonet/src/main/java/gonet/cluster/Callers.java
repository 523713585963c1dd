package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.UnixConn;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Hears those who come to a Unix socket, until it is closed. Each gets a thread of its own, so that
 * one that stays silent keeps nobody waiting.
 *
 * <p>The thread is gonet's own, and its owner ends it by a close of the listener. An interrupt
 * means nothing to it, whoever sends one: an owner that is open would be deaf behind it, and would
 * not know.
 */
final class Callers {
  /** After a failure that may last. */
  private static final long PAUSE_NANOS = 100_000_000;

  private Callers() {}

  /**
   * Accepts on the current thread. An interrupt is cleared, and ends nothing.
   *
   * @param thread name of each connection's thread
   * @param kind of those who come, for the log
   * @param answer has the connection from then on, and closes it
   */
  static void hear(Listener listener, String thread, String kind, Consumer<UnixConn> answer) {
    LimitedLog failures = new LimitedLog();
    while (!listener.isClosed()) {
      Conn conn = null;
      try {
        conn = listener.accept();
        UnixConn come = (UnixConn) conn;
        var _ = Net.go(thread, () -> answer.accept(come));
        conn = null; // it is its thread's
      } catch (NetClosedException e) {
        return;
      } catch (NetInterruptedException e) {
        var _ = Thread.interrupted(); // it would end every wait from here on, at once
      } catch (IOException | Error e) { // no descriptor, no memory, or no thread
        pauseBehind(failures, kind, e);
      } finally {
        if (conn != null) {
          conn.close();
        }
      }
    }
  }

  private static void pauseBehind(LimitedLog failures, String kind, Throwable failure) {
    try {
      failures.warn(kind + " are not heard for now", failure);
    } catch (Error e) {
      // Then nobody is told.
    }
    if (failure instanceof Error) {
      Pause.afterFailure(PAUSE_NANOS); // a virtual thread that parks without memory is lost
    } else {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
