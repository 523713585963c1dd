package gonet.internal.time;

import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

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

  /** Of tests, and bound in their own threads alone. */
  private static final ScopedValue<BiFunction<String, Runnable, Thread>> MAKER =
      ScopedValue.newInstance();

  /** Of tests, see {@link #others}. */
  private static volatile @Nullable BiFunction<String, Runnable, @Nullable Thread> others;

  private Daemons() {}

  /**
   * For tests that simulate machines: who makes the daemons of a thread.
   *
   * @param maker answers null for a thread whose daemons are made here
   */
  public static void others(BiFunction<String, Runnable, @Nullable Thread> maker) {
    others = maker;
  }

  /**
   * For tests: calls {@code op}, and has all daemons that the current thread makes meanwhile made
   * by {@code maker}, such as one whose threads cannot be started.
   */
  public static <T, X extends Throwable> T making(
      BiFunction<String, Runnable, Thread> maker, ScopedValue.CallableOp<T, X> op) throws X {
    return ScopedValue.where(MAKER, maker).call(op);
  }

  private static long idleNanos(long millis) {
    return millis <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /**
   * Starts a daemon.
   *
   * @throws NoThreadError if the system gives no thread
   */
  public static Thread start(String name, Runnable task) {
    Thread thread = unstarted(name, task);
    start(thread);
    return thread;
  }

  /** The same with one that was made before. */
  public static void start(Thread thread) {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      throw isWantOfThreads(e) ? new NoThreadError(thread.getName(), e) : e;
    }
  }

  /** Whether it is no heap that is wanting. */
  public static boolean isWantOfThreads(OutOfMemoryError e) {
    String message = e.getMessage();
    return message != null && message.contains("native thread");
  }

  /** A daemon that is not started yet. */
  public static Thread unstarted(String name, Runnable task) {
    return unstarted(name, 0, task);
  }

  /**
   * The same.
   *
   * @param stackBytes of its stack; 0 for what the JVM gives
   */
  @SuppressWarnings("ThreadPriorityCheck") // not that of whoever needed it first
  public static Thread unstarted(String name, long stackBytes, Runnable task) {
    if (MAKER.isBound()) {
      return MAKER.get().apply(name, task);
    }
    BiFunction<String, Runnable, @Nullable Thread> maker = others;
    Thread other = maker == null ? null : maker.apply(name, task);
    if (other != null) {
      return other;
    }
    Thread thread =
        Thread.ofPlatform()
            .group(ROOT)
            .name(name)
            .stackSize(stackBytes)
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
