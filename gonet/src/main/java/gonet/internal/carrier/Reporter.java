package gonet.internal.carrier;

import gonet.internal.poll.Poller;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Logs for carriers and watcher on a thread made for it: a logger may wait for a lock that a
 * virtual thread holds, and that thread for the carrier. One message at a time; those that come
 * while one is being written are dropped.
 *
 * <p>Throws nothing, not even for want of memory: the callers are threads that must go on. Without
 * lambdas and concatenated strings, which are linked by whoever comes first.
 */
final class Reporter {
  private static final System.Logger LOG = System.getLogger("gonet.carrier");

  private static final String THREAD = "gonet-report";

  private final AtomicBoolean busy = new AtomicBoolean();

  /** The thread's part. */
  private final class Message implements Runnable {
    private final String where;
    private final @Nullable Throwable failure;
    private final int carriers;

    Message(String where, @Nullable Throwable failure, int carriers) {
      this.where = where;
      this.failure = failure;
      this.carriers = carriers;
    }

    @Override
    public void run() {
      try {
        if (failure != null) {
          Poller.failed(where, failure);
        } else {
          LOG.log(
              System.Logger.Level.WARNING,
              "all "
                  + carriers
                  + " carrier threads of gonet are held by tasks that compute or block;"
                  + " -Dgonet.carriers.spare allows more");
        }
      } finally {
        busy.set(false);
      }
    }
  }

  /** Does once all that a report does, but for the thread. */
  void walkThrough() {
    if (busy.compareAndSet(false, true)) {
      try {
        var _ = Poller.daemon(THREAD, new Message(THREAD, null, 0));
      } finally {
        busy.set(false);
      }
    }
  }

  /** Something failed that must not. */
  void failed(String where, Throwable failure) {
    report(where, failure, 0);
  }

  /** All carriers there may be are held. */
  void held(int carriers) {
    report("watcher", null, carriers);
  }

  private void report(String where, @Nullable Throwable failure, int carriers) {
    if (busy.compareAndSet(false, true)) {
      boolean started = false;
      try {
        Poller.daemon(THREAD, new Message(where, failure, carriers)).start();
        started = true;
      } catch (Throwable t) {
        // no memory for a thread: then nothing is said
      } finally {
        if (!started) {
          busy.set(false);
        }
      }
    }
  }
}
