package gonet.internal.time;

import java.util.concurrent.TimeUnit;

/**
 * Makes the platform threads that serve everybody. Whoever happens to need one first does not own
 * it: it does not live in that thread's group, has not its priority, and holds neither its context
 * class loader nor its inheritable thread-locals. Nor do they stay when there is nothing to do, so
 * that a program can be unloaded with the gonet it has brought.
 */
public final class Daemons {
  /** The group above all: one further down could be a container's, interrupted with its threads. */
  private static final ThreadGroup ROOT = root();

  /**
   * A thread that has had nothing to do for so long ends, in nanoseconds; whoever needs it next
   * starts another. {@code gonet.threads.idleMillis}, a minute if not set; zero and less for never.
   */
  public static final long IDLE_NANOS = idleNanos(Long.getLong("gonet.threads.idleMillis", 60_000));

  private Daemons() {}

  private static long idleNanos(long millis) {
    return millis <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** A daemon that is not started yet. */
  @SuppressWarnings("ThreadPriorityCheck") // not that of whoever needed it first
  public static Thread unstarted(String name, Runnable task) {
    Thread thread =
        Thread.ofPlatform()
            .group(ROOT)
            .name(name)
            .daemon()
            .priority(Thread.NORM_PRIORITY)
            .inheritInheritableThreadLocals(false)
            .unstarted(task);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    return thread;
  }

  /** The group that such threads live in. */
  public static ThreadGroup group() {
    return ROOT;
  }

  private static ThreadGroup root() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
