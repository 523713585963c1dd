package gonet;

import gonet.internal.netpoll.Netpoll;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The threads of {@link Net#go} and {@link Net#threadFactory}. */
final class Tasks {
  private static final System.Logger LOG = System.getLogger("gonet");
  private static final AtomicLong COUNT = new AtomicLong();

  private Tasks() {}

  static Thread start(Net.Task task) {
    return start("gonet-" + COUNT.incrementAndGet(), task);
  }

  static Thread start(String name, Net.Task task) {
    Objects.requireNonNull(task, "task");
    Thread thread = unstarted(name, () -> run(task));
    thread.start();
    return thread;
  }

  /** A virtual thread where gonet's threads run, named for dumps. */
  static Thread unstarted(Runnable body) {
    return unstarted("gonet-" + COUNT.incrementAndGet(), body);
  }

  /** The same, with a name of its own. */
  static Thread unstarted(String name, Runnable body) {
    return Netpoll.threads().name(name).unstarted(body);
  }

  private static void run(Net.Task task) {
    try {
      task.run();
    } catch (IOException e) {
      if (NetFailure.isConnectionEnd(e)) {
        LOG.log(Level.DEBUG, () -> Thread.currentThread().getName() + " ended: " + e);
      } else {
        LOG.log(Level.WARNING, Thread.currentThread().getName() + " failed", e);
      }
    } catch (Throwable t) {
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, t);
    }
  }
}
