package gonet.internal.carrier;

import gonet.internal.time.Daemons;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that serves a processor: Go's M. It takes a task, runs it, and finds out by the
 * end of it whether the processor is still its own. If the watcher has given it away meanwhile it
 * becomes a spare and waits for another one.
 */
final class Carrier extends Thread {
  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  private final Group group;
  private final int number;

  /** What to serve next. Written by the watcher while this is a spare, cleared by this thread. */
  private volatile @Nullable Processor next;

  /** Set by the watcher, for a spare that is not needed any more. */
  private volatile boolean retired;

  /**
   * The processor whose scheduling code this thread runs, null in a task and without a processor.
   * Only this thread reads or writes it; in a task that is any code at all, the JDK's included.
   */
  private @Nullable Processor scheduling;

  /** There was nothing to do any more. This thread's own. */
  private boolean left;

  /** Belongs to {@link Spares}. */
  volatile @Nullable Carrier below;

  /**
   * @param first what to serve first, or null for a spare that waits
   */
  Carrier(Group group, @Nullable Processor first) {
    this(group, first, group.nextCarrierNumber());
  }

  @SuppressWarnings("ThreadPriorityCheck") // not that of whoever needed it first
  private Carrier(Group group, @Nullable Processor first, int number) {
    super(Daemons.group(), null, "gonet-carrier-" + number, 0, false);
    this.group = group;
    this.number = number;
    this.next = first;
    setDaemon(true);
    setPriority(NORM_PRIORITY);
    setContextClassLoader(ClassLoader.getSystemClassLoader());
  }

  int number() {
    return number;
  }

  boolean belongsTo(Group other) {
    return group.equals(other);
  }

  /** Called by this thread. */
  @Nullable Processor scheduling() {
    return scheduling;
  }

  /** The watcher gives a processor to a spare that it has popped. */
  void serveNext(Processor processor) {
    next = processor;
    LockSupport.unpark(this);
  }

  /** The watcher ends a spare that it has popped. */
  void retire() {
    retired = true;
    LockSupport.unpark(this);
  }

  @Override
  public void run() {
    try {
      for (Processor p = awaitProcessor(); p != null; p = awaitProcessor()) {
        serve(p);
        if (left) {
          return;
        }
        group.spares.push(this);
      }
    } finally {
      group.carrierEnded();
    }
  }

  private @Nullable Processor awaitProcessor() {
    Processor p;
    while ((p = next) == null && !retired) {
      LockSupport.park(this);
      var _ = interrupted(); // park returns at once while the status is set
    }
    next = null;
    return p;
  }

  /** Until the processor is lost, or left because there is nothing to do any more. */
  private void serve(Processor p) {
    p.begin(this);
    do {
      scheduling = p;
    } while (runOne(p));
    if (left) {
      scheduling = null;
      p.leave();
    }
  }

  /** False when the processor was lost, or is to be left. */
  private boolean runOne(Processor p) {
    Runnable task;
    try {
      task = p.next(this);
    } catch (Throwable t) {
      try {
        LockSupport.parkNanos(FAILURE_PAUSE_NANOS); // a failure that stays must not fill a core
        group.reporter.failed("poller", t);
      } catch (Throwable again) {
        // Calls nothing: this thread must not end, for a processor would end with it.
      }
      return true;
    }
    if (task == null) {
      left = true;
      return false;
    }
    scheduling = null;
    long begun = p.beginTask();
    try {
      task.run();
    } catch (Throwable t) {
      try {
        group.reporter.failed("carrier", t); // not the user's: a virtual thread catches its own
      } catch (Throwable again) {
        // as above
      }
    }
    return p.endTask(begun);
  }
}
