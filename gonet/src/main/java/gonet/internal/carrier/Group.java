package gonet.internal.carrier;

import gonet.internal.backend.Readiness;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler that the lane's virtual threads know: processors that share one readiness, and a
 * queue for tasks from outside.
 *
 * <p><b>Where a task goes.</b> Scheduling code pushes to its processor's own queue. Everybody else
 * pushes to the queue for all, every task included: a task can lose its processor between any two
 * instructions, so inside one the question "whose queue is this" has no answer.
 *
 * <p><b>Why no task is forgotten.</b> A processor's queue is looked at by its owner between tasks,
 * and an owner stuck in a task loses the processor to one that is not. The queue for all is looked
 * at by the leader before it sleeps, after it has said so; see {@link OwnerWord}.
 *
 * <p>Threads: any.
 */
final class Group implements Executor {

  /** Work that is worth a second carrier. */
  private static final long HELP_NANOS = 1_000_000;

  /** Tasks of this length are worth a carrier each, and one more that listens meanwhile. */
  private static final long LONG_NANOS = 30_000;

  /**
   * A single measurement counts as this at most: a carrier that the system stopped for a while has
   * no long tasks.
   */
  private static final long MOST_NANOS = 100_000;

  private static final int SMOOTHING = 8;

  final Readiness kernel;
  final Spares spares = new Spares();
  final Reporter reporter = new Reporter();
  final Watcher watcher;

  private final Processor[] processors;
  private final Processor leader;
  private final ConcurrentLinkedQueue<Runnable> external = new ConcurrentLinkedQueue<>();
  private final AtomicInteger carrierNumbers = new AtomicInteger();

  /** Smoothed. Written by any owner, on the word of whoever came last. */
  private volatile long averageNanos;

  /** Set under the monitor of this object. */
  private volatile boolean started;

  Group(Readiness kernel, Settings settings) {
    this.kernel = kernel;
    this.processors = new Processor[settings.carriers()];
    for (int i = 0; i < processors.length; i++) {
      processors[i] = new Processor(this, i == 0);
    }
    this.leader = processors[0];
    this.watcher = new Watcher(this, processors, settings);
  }

  /** Starts watcher and leader, once. */
  void start() {
    if (!started) {
      startOnce();
    }
  }

  private synchronized void startOnce() {
    if (!started) {
      watcher.start();
      started = true;
    }
  }

  /** What the JDK calls to have a virtual thread run. */
  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() instanceof Carrier carrier && carrier.belongsTo(this)) {
      Processor p = carrier.scheduling();
      if (p != null && p.queue.push(task)) {
        return;
      }
    }
    external.add(task);
    start();
    if (leader.asleep()) {
      kernel.wake();
    } else if (processors.length > 1 && tasksAreLong()) {
      callAnother(leader);
    }
  }

  /** Whether the current thread is one of this group's virtual threads. */
  boolean runsCurrentThread() {
    return JavaLang.currentCarrier() instanceof Carrier carrier && carrier.belongsTo(this);
  }

  // ---- for processors --------------------------------------------------------------------------

  @Nullable Runnable takeExternal() {
    return external.poll();
  }

  boolean hasExternal() {
    return !external.isEmpty();
  }

  /** An owner has run tasks of this average length. */
  void measured(long nanosPerTask) {
    long sample = Math.min(nanosPerTask, MOST_NANOS);
    long before = averageNanos;
    averageNanos = before + (sample - before) / SMOOTHING;
  }

  boolean tasksAreLong() {
    return averageNanos > LONG_NANOS;
  }

  /** Takes tasks for a processor whose queue is empty from one that has some. */
  boolean stealFor(Processor thief) {
    for (Processor p : processors) {
      if (p != thief && thief.queue.stealFrom(p.queue)) {
        return true;
      }
    }
    return false;
  }

  /** A processor has found work: is it more than one carrier should do? */
  void helpWanted(Processor finder) {
    if (processors.length == 1) {
      return;
    }
    int waiting = finder.queue.size();
    long average = averageNanos;
    if (average > LONG_NANOS) {
      // With short tasks the leader is back at the kernel soon. With long ones another listens.
      if (waiting > 0 && !unparkHelper() && waiting > 1) {
        wakeListener(finder);
      }
    } else if (waiting * average > HELP_NANOS && !unparkHelper() && finder != leader) {
      wakeListener(finder);
    }
  }

  /** Somebody else than {@code busy} looks for work, if there is one who does nothing. */
  void callAnother(Processor busy) {
    if (!unparkHelper()) {
      wakeListener(busy);
    }
  }

  private boolean unparkHelper() {
    for (Processor p : processors) {
      if (p.parked() && p.unpark()) {
        return true;
      }
    }
    return false;
  }

  private void wakeListener(Processor finder) {
    for (Processor p : processors) {
      if (p != finder && p.asleep() && !p.parked()) {
        kernel.wake();
        return;
      }
    }
  }

  int nextCarrierNumber() {
    return carrierNumbers.incrementAndGet();
  }

  // ---- for the watcher -------------------------------------------------------------------------

  /** Whether a further processor would have something to do. */
  boolean workWaits() {
    if (hasExternal()) {
      return true;
    }
    for (Processor p : processors) {
      if (p.queue.size() > 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("carriers");
    for (Processor p : processors) {
      text.append(" [").append(p).append(", queue ").append(p.queue.size()).append(']');
    }
    return text.append(" spare ").append(spares.size()).toString();
  }
}
