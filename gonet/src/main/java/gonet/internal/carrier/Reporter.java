package gonet.internal.carrier;

import gonet.internal.poll.Poller;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Logs for carriers and watcher on a thread made for it: a logger may wait for a lock that a
 * virtual thread holds, and that thread for the carrier. One message at a time; those that come
 * while one is being written are dropped.
 */
final class Reporter {
  private static final System.Logger LOG = System.getLogger("gonet.carrier");

  private final AtomicBoolean busy = new AtomicBoolean();

  /** Throws nothing, not even for want of memory: the caller is a thread that must go on. */
  void failed(String where, Throwable t) {
    if (busy.compareAndSet(false, true)) {
      try {
        report(() -> Poller.failed(where, t));
      } catch (Throwable more) {
        busy.set(false); // no memory for a thread: then nothing is said
      }
    }
  }

  /** As {@link #failed}. */
  void warn(String message) {
    if (busy.compareAndSet(false, true)) {
      try {
        report(() -> LOG.log(System.Logger.Level.WARNING, message));
      } catch (Throwable more) {
        busy.set(false);
      }
    }
  }

  private void report(Runnable message) {
    Poller.daemon(
            "gonet-report",
            () -> {
              try {
                message.run();
              } finally {
                busy.set(false);
              }
            })
        .start();
  }
}
