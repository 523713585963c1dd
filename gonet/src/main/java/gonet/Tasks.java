package gonet;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The threads of {@link Net#go}. */
final class Tasks {
  private static final System.Logger LOG = System.getLogger("gonet");
  private static final AtomicLong COUNT = new AtomicLong();

  private Tasks() {}

  static Thread start(Net.Task task) {
    Objects.requireNonNull(task, "task");
    return Thread.ofVirtual().name("gonet-" + COUNT.incrementAndGet()).start(() -> run(task));
  }

  private static void run(Net.Task task) {
    try {
      task.run();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, () -> Thread.currentThread().getName() + " ended: " + e);
    } catch (Throwable t) {
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, t);
    }
  }
}
