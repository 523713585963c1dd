package gonet;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/**
 * What {@link Net#go} gives its threads. Not in {@link Net}, which must have no initializer: a
 * program calls it first, at the end of a stack perhaps, and an initializer that fails there would
 * leave the class broken for the life of the process.
 */
final class NetThreads {
  /** Numbers the threads that have no name of their own. */
  private static final AtomicLong NUMBERS = new AtomicLong();

  private NetThreads() {}

  static String nextName() {
    return "gonet-" + NUMBERS.incrementAndGet();
  }

  /** {@link Net#threadFactory}'s. */
  record Factory() implements ThreadFactory {
    @Override
    public Thread newThread(Runnable body) {
      return Net.threads().name(nextName()).unstarted(body);
    }
  }

  /** Runs a task and says how it failed. */
  record Body(Net.Task task) implements Runnable {
    @Override
    public void run() {
      try {
        task.run();
      } catch (IOException e) {
        TaskLog.failed(e);
      } catch (Throwable t) {
        Thread self = Thread.currentThread();
        self.getUncaughtExceptionHandler().uncaughtException(self, t);
      }
    }
  }

  private static final class TaskLog {
    private static final System.Logger LOG = System.getLogger("gonet");

    private TaskLog() {}

    static void failed(IOException e) {
      if (NetFailure.isConnectionEnd(e)) {
        LOG.log(System.Logger.Level.DEBUG, () -> Thread.currentThread().getName() + " ended: " + e);
      } else if (e instanceof SSLException || e instanceof ProtocolException) {
        // Of whoever speaks another language; a stack tells no more.
        LOG.log(
            System.Logger.Level.WARNING,
            Thread.currentThread().getName() + " failed: " + e.getMessage());
      } else {
        LOG.log(System.Logger.Level.WARNING, Thread.currentThread().getName() + " failed", e);
      }
    }
  }
}
