package gonet.test.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs virtual threads one after the other on the carrier; the seed draws which of the ready ones
 * comes next. A {@link ForkJoinPool} by type alone, which has no thread: the JDK brings timed parks
 * to a scheduler of this type, and to a thread of its own otherwise.
 *
 * <pre>
 *   new, unparked, yielded --> ready --(the seed)--> step --> parked, waiting, ended
 *                                ^                     |
 *   Time: timers, segments ------+                     +--> waits for a monitor: {@link Monitors}
 * </pre>
 *
 * <p>Confined to the carrier, but for {@link #inbound}: threads come back from monitors by the VM's
 * own thread.
 */
final class Scheduler extends ForkJoinPool {
  private static final long STRANGERS_NANOS = 1_000_000_000L;

  private final Time time;
  private final Randomness choice;
  private final Randomness seeds;
  private final Monitors monitors;
  private final EventLog log;
  private final IdentityHashMap<Runnable, SimThread> threads = new IdentityHashMap<>();
  private final List<SimThread> ready = new ArrayList<>();
  private final Set<Thread> helpers = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ConcurrentLinkedQueue<Runnable> inbound = new ConcurrentLinkedQueue<>();

  /** What somebody outside of the simulation did to it; null while nobody did. */
  private volatile @Nullable String intrusion;

  private int numbers;
  private long steps;

  /** Who runs now; null between steps. Read by the watchdog. */
  private volatile @Nullable SimThread current;

  /** When that began, in real nanoseconds; 0 between steps. */
  private volatile long steppingSince;

  /** Where the next thread is born that no thread of the simulation starts. */
  private @Nullable HostProcess birthplace;

  /** Were ready when their process had ended. */
  private final List<SimThread> dead = new ArrayList<>();

  /** They run once more, to their end. */
  private boolean reviving;

  /** The simulation is over: whoever still comes is none of its business. */
  private volatile boolean over;

  Scheduler(Time time, EventLog log, Randomness choice, Randomness seeds) {
    super(1);
    this.time = time;
    this.log = log;
    this.choice = choice;
    this.seeds = seeds;
    monitors = new Monitors(this);
  }

  // ---- what the JDK calls ----------------------------------------------------------------------

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() instanceof Carrier mine && mine.scheduler == this || inStep()) {
      enter(task);
      return;
    }
    Thread caller = Thread.currentThread();
    if (!over && !caller.getName().equals("VirtualThread-unblocker")) {
      intrusion =
          "the "
              + (caller.isVirtual() ? "virtual" : "platform")
              + " thread \""
              + caller.getName()
              + "\", which is not of this simulation, has woken "
              + VirtualThreads.of(task).getName();
    }
    inbound.add(task);
  }

  /** A virtual thread of this simulation calls. */
  private boolean inStep() {
    return VirtualThreads.carrier() instanceof Carrier mine && mine.scheduler == this;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Timer timer = new Timer(task);
    timer.event = time.after(unit.toNanos(delay), timer);
    return timer;
  }

  /** The end of a timed wait. */
  private static final class Timer extends FutureTask<@Nullable Void>
      implements ScheduledFuture<@Nullable Void> {
    private Time.@Nullable Event event;

    Timer(Runnable task) {
      super(task, null);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      Time.Event armed = event;
      if (armed != null) {
        armed.cancel();
      }
      return super.cancel(mayInterrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public int compareTo(Delayed other) {
      throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  private void enter(Runnable task) {
    SimThread thread = threads.get(task);
    if (thread == null) {
      if (monitors.takes(task)) {
        return;
      }
      SimThread parent = current;
      HostProcess process = parent != null ? parent.process : birthplace;
      thread = new SimThread(++numbers, VirtualThreads.of(task), task, process);
      threads.put(task, thread);
      VirtualThreads.seedLocalRandom(thread.thread, seeds.nextLong());
      if (log.kept()) {
        log.add(thread.toString(), "starts");
      }
    }
    ready.add(thread);
  }

  /** Does {@code op} with all threads that it starts in {@code process}. */
  void at(@Nullable HostProcess process, Runnable op) {
    HostProcess before = birthplace;
    SimThread running = current;
    birthplace = process;
    current = null;
    try {
      op.run();
    } finally {
      birthplace = before;
      current = running;
    }
  }

  /** The process of the thread that runs, or for which an event runs. */
  @Nullable HostProcess here() {
    SimThread running = current;
    return running != null ? running.process : birthplace;
  }

  @Nullable SimThread current() {
    return current;
  }

  /** The thread is gonet's own, and nobody's whom a program can reach. */
  void helps(Thread thread) {
    helpers.add(thread);
  }

  boolean isHelper(SimThread thread) {
    return helpers.contains(thread.thread);
  }

  Thread.Builder.OfVirtual builder() {
    return VirtualThreads.builder(this);
  }

  Collection<SimThread> living() {
    List<SimThread> found = new ArrayList<>();
    for (SimThread each : threads.values()) {
      if (!VirtualThreads.ended(each.thread)) {
        found.add(each);
      }
    }
    found.sort(Comparator.comparingInt(t -> t.number));
    return found;
  }

  // ---- steps -----------------------------------------------------------------------------------

  boolean anyReady() {
    return !ready.isEmpty();
  }

  /** Runs one ready thread until it waits, yields or ends. */
  void step() {
    SimThread next = ready.remove(choice.below(ready.size()));
    if (next.dead() && !reviving) {
      dead.add(next);
      return;
    }
    steps++;
    run(next);
    // A step takes time, so that a thread which polls the clock does not do so for ever.
    time.spend(100 + choice.below(2000));
    if (VirtualThreads.ended(next.thread)) {
      threads.remove(next.continuation);
      if (log.kept()) {
        log.add(next.toString(), "ends");
      }
    } else {
      monitors.left(next);
    }
    comeBack();
  }

  /** Brings back the threads that the VM has let into their monitors, in an order of their own. */
  void comeBack() {
    monitors.round();
    List<SimThread> back = new ArrayList<>();
    for (Runnable task = inbound.poll(); task != null; task = inbound.poll()) {
      SimThread thread = threads.get(task);
      if (thread != null) {
        back.add(thread);
      }
    }
    back.sort(Comparator.comparingInt(t -> t.number));
    ready.addAll(back);
  }

  /**
   * Nobody is ready. If a thread could run all the same, somebody from outside is just about to
   * bring it, and is waited for.
   */
  void awaitStrangers() {
    long end = RealTime.nanos() + STRANGERS_NANOS;
    while (anyIsBrought() && inbound.isEmpty() && RealTime.nanos() < end) {
      Thread.onSpinWait();
    }
    comeBack();
  }

  private boolean anyIsBrought() {
    for (SimThread each : living()) {
      if (!each.dead() && each.thread.getState() == Thread.State.RUNNABLE) {
        return true;
      }
    }
    return false;
  }

  private void run(SimThread next) {
    monitors.enters(next);
    current = next;
    steppingSince = RealTime.nanos();
    try {
      next.continuation.run();
    } finally {
      steppingSince = 0;
      current = null;
    }
  }

  /** Runs a helper of {@link Monitors}. */
  void runHelper(Runnable task) {
    task.run();
  }

  /** Takes a helper that the VM has brought back; false if it has not yet. */
  boolean takeInbound(Runnable task) {
    return inbound.remove(task);
  }

  long steps() {
    return steps;
  }

  @Nullable String intrusion() {
    return intrusion;
  }

  /** When the step began that runs now, in real nanoseconds; 0 if none does. */
  long steppingSince() {
    return steppingSince;
  }

  /** Threads of ended processes run again, so that they can end. */
  void reviveTheDead() {
    reviving = true;
    ready.addAll(dead);
    dead.clear();
  }

  void over() {
    over = true;
    monitors.end();
  }

  /** A simulation is equal to itself alone. */
  @Override
  public String toString() {
    return "simulation";
  }
}
