package gonet.internal.time;

/**
 * Makes the platform threads that serve everybody. Whoever happens to need one first does not own
 * it: it does not live in that thread's group, has not its priority, and holds neither its context
 * class loader nor its inheritable thread-locals.
 */
public final class Daemons {
  /** The group above all: one further down could be a container's, interrupted with its threads. */
  private static final ThreadGroup ROOT = root();

  private Daemons() {}

  /** A daemon that is not started yet. */
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
