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

  void failed(String where, Throwable t) {
    report(() -> Poller.failed(where, t));
  }

  void warn(String message) {
    report(() -> LOG.log(System.Logger.Level.WARNING, message));
  }

  private void report(Runnable message) {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    try {
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
    } catch (Throwable t) {
      busy.set(false); // no memory for a thread: then nothing is said
    }
  }
}
