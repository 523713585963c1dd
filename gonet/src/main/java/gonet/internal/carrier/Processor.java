package gonet.internal.carrier;

import gonet.internal.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to run tasks, and what to run next: Go's P. The first one leads: it polls whenever its
 * queue is empty, and waits in the kernel when there is nothing at all. The others help: they are
 * parked until there is more than one carrier should do, then steal, and park again.
 *
 * <p><b>Order.</b> First what the last poll brought, then at most {@link #EXTERNAL_BATCH} tasks
 * that came from outside, then the next poll. So a new connection waits for one round of the busy
 * ones, and threads that only yield to each other cannot keep the kernel unheard.
 *
 * <p><b>Batch before spreading.</b> Two carriers that get half a batch each pay twice for polling
 * and for falling asleep. See {@link Group#helpWanted}.
 *
 * <p><b>Idle latency.</b> The leader polls on for {@link #SPIN_NANOS} before it waits, but only
 * while its last wait was so short that this would have spared it.
 *
 * <p>Threads: all fields below the word belong to the owner, except where they say otherwise.
 */
final class Processor extends OwnerWord {
  private static final int EXTERNAL_BATCH = 64;

  private static final long SPIN_NANOS = 50_000;

  /** A wait, its wake-up included, that polling on could have avoided. */
  private static final long SHORT_WAIT_NANOS = 120_000;

  /** Empty polls between two of the system's yields, for whoever shares the core. */
  private static final int POLLS_PER_YIELD = 4;

  /** Without limit, in {@link gonet.internal.backend.Readiness#poll}. */
  private static final long FOREVER = -1;

  private static final VarHandle PARKED;

  static {
    try {
      PARKED = MethodHandles.lookup().findVarHandle(Processor.class, "parked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final RunQueue queue = new RunQueue();

  private final Group group;
  private final boolean leads;

  /** True while a helper is parked, or was never started. Whoever turns it to false wakes it. */
  private volatile boolean parked;

  /**
   * Null before the first one, and when the last one has left. Written by whoever starts it, by the
   * watcher that hands over to another, and by the owner itself, as the last it does.
   */
  private volatile @Nullable Carrier owner;

  /** Tasks begun since {@link #roundBegan}, and how many of them came from outside. */
  private int ran;

  private int external;

  private long roundBegan;

  /** When the leader first found nothing, {@link Clock#NONE} if it did find something. */
  private long emptySince = Clock.NONE;

  private int emptyPolls;
  private boolean spins;

  Processor(Group group, boolean leads) {
    this.group = group;
    this.leads = leads;
    this.parked = !leads;
  }

  /** A carrier takes over; its first call. */
  void begin(Carrier carrier) {
    rise(carrier); // the first owner of all, the first after an end, or the heir of a dead one
    roundBegan = Clock.now();
    ran = 0;
    external = 0;
    emptySince = Clock.NONE;
  }

  /**
   * The task that the owner runs next; waits for one.
   *
   * @return null if there is nothing to do any more and the owner is to {@link #leave}
   */
  @Nullable Runnable next(Carrier self) {
    for (; ; ) {
      Runnable task = queue.pop();
      if (task == null && external < EXTERNAL_BATCH) {
        task = group.takeExternal();
        if (task != null) {
          external++;
        }
      }
      if (task != null) {
        ran++;
        return task;
      }
      if (!refill(self)) {
        return null;
      }
    }
  }

  /**
   * One round is over: looks everywhere once, and waits if there is nothing anywhere.
   *
   * @return false if there is nothing anywhere and nothing shall be waited for
   */
  private boolean refill(Carrier self) {
    boolean more = external == EXTERNAL_BATCH;
    long now = Clock.now();
    if (ran > 0) {
      group.measured((now - roundBegan) / ran);
    }
    ran = 0;
    external = 0;
    roundBegan = now;
    if (leads || group.tasksAreLong()) {
      var _ = group.kernel.poll(0);
    }
    // Not what the poll counts: a connection is writable as soon as it registers, and nobody waits.
    if (queue.size() > 0 || more || group.hasExternal()) {
      emptySince = Clock.NONE;
      group.helpWanted(this);
      return true;
    }
    if (group.stealFor(this)) {
      emptySince = Clock.NONE;
      return true;
    }
    if (group.ending()) {
      return false;
    }
    if (leads) {
      if (!spin(now)) {
        waitInKernel(self);
        long woke = Clock.now();
        spins = woke - emptySince < SHORT_WAIT_NANOS;
        emptySince = Clock.NONE;
        roundBegan = woke;
        group.helpWanted(this);
      }
    } else if (group.tasksAreLong()) {
      waitInKernel(self);
      roundBegan = Clock.now();
    } else {
      park(self);
      roundBegan = Clock.now();
    }
    return true;
  }

  @SuppressWarnings("ThreadPriorityCheck") // the other thread of this core may be the one to answer
  private boolean spin(long now) {
    if (emptySince == Clock.NONE) {
      emptySince = now;
      emptyPolls = 0;
    }
    if (!spins || now - emptySince >= SPIN_NANOS) {
      return false;
    }
    if (++emptyPolls % POLLS_PER_YIELD == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
    return true;
  }

  private void waitInKernel(Carrier self) {
    sleep();
    try {
      // An end that is said only now is followed by a wake.
      if (!group.hasExternal() && !group.ending()) {
        var _ = group.kernel.poll(FOREVER);
      }
    } finally {
      rise(self);
    }
  }

  private void park(Carrier self) {
    parked = true;
    sleep();
    // Whoever brings a long task looks whether somebody is parked after it has brought it.
    if (group.tasksAreLong() && group.hasExternal()) {
      parked = false;
    }
    while (parked) {
      LockSupport.park(this);
      var _ = Thread.interrupted();
    }
    rise(self);
  }

  /** The word first: the watcher, about to park, looks at the words after it has said so. */
  private void rise(Carrier self) {
    awake(self.number());
    group.watcher.somebodyRose();
  }

  /**
   * The owner goes, its queue being empty. The word first, which the next owner writes; then all
   * that lets another one come. The watcher, which may be about to park, looks for an owner after
   * it has said so.
   */
  void leave() {
    sleep();
    owner = null;
    if (leads) {
      group.watcher.somebodyRose();
    } else {
      parked = true;
    }
  }

  // ---- the watcher -----------------------------------------------------------------------------

  /** Whether a carrier serves this, or is about to. */
  boolean isOwned() {
    Carrier carrier = owner;
    return carrier != null && carrier.getState() != Thread.State.TERMINATED;
  }

  /** Whether somebody has to start one: nobody else looks after the leader, or after the dead. */
  boolean lacksOwner() {
    Carrier carrier = owner;
    return carrier == null ? leads : carrier.getState() == Thread.State.TERMINATED;
  }

  /** It has given this to a spare. */
  void handedTo(Carrier carrier) {
    owner = carrier;
  }

  /** Starts an owner where there is none, and nobody else would start one. */
  void startOwner() {
    Carrier carrier = new Carrier(group, this);
    owner = carrier;
    boolean started = false;
    try {
      group.start(carrier);
      started = true;
    } finally {
      if (!started) {
        owner = null;
      }
    }
  }

  /** Has a parked owner look around. */
  void rouse() {
    Carrier carrier = owner;
    if (carrier != null && parked && PARKED.compareAndSet(this, true, false)) {
      LockSupport.unpark(carrier);
    }
  }

  // ---- everybody else --------------------------------------------------------------------------

  boolean parked() {
    return parked;
  }

  /**
   * Wakes a parked helper; starts its carrier if it is the first time.
   *
   * @return false if somebody else did, or it is not parked, or there is no memory for a thread
   */
  boolean unpark() {
    if (!parked || !PARKED.compareAndSet(this, true, false)) {
      return false;
    }
    Carrier carrier = owner;
    if (carrier != null) {
      LockSupport.unpark(carrier);
      return true;
    }
    try {
      startOwner();
      return true;
    } catch (OutOfMemoryError e) {
      parked = true; // it does not run, so nobody else writes this
      return false;
    }
  }
}
