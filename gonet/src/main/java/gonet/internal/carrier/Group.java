package gonet.internal.carrier;

import gonet.internal.backend.Readiness;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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
 * <p><b>The end, and the next start.</b> When there has been nothing to do for long, the watcher
 * has all carriers leave, and ends itself; see {@link Watcher}. Who brings a task brings it first
 * and looks at {@link #started} then; the watcher, as the last, turns that to false first and looks
 * for tasks then. So the task is seen by the watcher, which calls the end off, or whoever brought
 * it starts another watcher. With descriptors it is the same, and {@code started} the poller's.
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

  /** Carriers that have been started and have not ended, the stuck ones included. */
  private final AtomicInteger carriers = new AtomicInteger();

  /** What the lane says to an end. */
  private final Lane lane;

  /** A carrier that finds nothing to do leaves. Written by the watcher. */
  private volatile boolean ending;

  /** Smoothed. Written by any owner, on the word of whoever came last. */
  private volatile long averageNanos;

  /** Set under the monitor of this object. */
  private volatile boolean started;

  /** What else may need the group's threads. */
  @FunctionalInterface
  interface Lane {
    /** Whether it needs them no more, nor {@code last} says that somebody does. */
    boolean endedIf(BooleanSupplier last);
  }

  Group(Readiness kernel, Settings settings, Lane lane) {
    this.kernel = kernel;
    this.lane = lane;
    this.processors = new Processor[settings.carriers()];
    for (int i = 0; i < processors.length; i++) {
      processors[i] = new Processor(this, i == 0);
    }
    this.leader = processors[0];
    this.watcher = new Watcher(this, processors, settings);
  }

  /** Without a thread nobody would run the task, so its bringer is told and keeps it. */
  private void startFor(Runnable task) {
    try {
      start();
    } catch (Throwable t) {
      if (external.remove(task)) {
        throw t;
      }
    }
  }

  /** Starts the watcher, which starts the leader; no effect while there is one. */
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
    if (!started) {
      startFor(task);
    }
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

  /** Starts a carrier, which counts from now on. */
  void start(Carrier carrier) {
    carriers.incrementAndGet();
    try {
      carrier.start();
    } catch (Throwable t) {
      carriers.decrementAndGet();
      throw t;
    }
  }

  void carrierEnded() {
    carriers.decrementAndGet();
  }

  /** Whether a carrier that has nothing to do shall leave. */
  boolean ending() {
    return ending;
  }

  // ---- for the watcher -------------------------------------------------------------------------

  void ending(boolean on) {
    ending = on;
  }

  int carriers() {
    return carriers.get();
  }

  /** Carriers that are in a task which took so long that they have lost their processor. */
  int stuck() {
    int stuck = carriers.get() - watcher.spares();
    for (Processor p : processors) {
      if (p.isOwned()) {
        stuck--;
      }
    }
    return stuck;
  }

  /** Whether a thread may come to need a carrier without anybody's saying so. */
  boolean isNeeded() {
    return kernel.registered() > 0 || workWaits();
  }

  /** Has all carriers that wait for something look around. */
  void rouse() {
    for (Processor p : processors) {
      p.rouse();
    }
    kernel.wake();
  }

  /**
   * The last carrier has left.
   *
   * @param last what is to be done before the next start
   * @return false if there is something to do again
   */
  boolean ended(Runnable last) {
    return lane.endedIf(() -> endedUnlessWanted(last));
  }

  private synchronized boolean endedUnlessWanted(Runnable last) {
    started = false; // said before it is looked
    if (hasExternal()) {
      started = true;
      return false;
    }
    last.run();
    return true;
  }

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
