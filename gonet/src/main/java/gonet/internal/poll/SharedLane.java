package gonet.internal.poll;

import gonet.internal.backend.Sleepable;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Persistent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The poller is a virtual thread on the default scheduler, so the threads it wakes land in its own
 * carrier's queue and run next, without a context switch. When there is nothing to do it parks, and
 * a platform thread, the sleeper, waits for the kernel in its place.
 *
 * <pre>
 *   AWAKE    the poller polls without blocking and yields to those it woke
 *     |  nothing ready for a while, or it had the carrier's ear for long enough:
 *     |  state = ASLEEP, then arm the sleeper, then park
 *     v
 *   ASLEEP   the sleeper waits in the kernel
 *     |  something is ready: state = AWAKE, then unpark the poller
 *     v
 *   AWAKE
 * </pre>
 *
 * <p>Three things it must take care of:
 *
 * <ul>
 *   <li><b>Fairness.</b> A carrier empties its own queue before it looks at work from outside, then
 *       the outside queue its last task came from, and only then any other. New threads are work
 *       from outside. A poller that always yields keeps the carrier's own queue filled and starves
 *       them; one that parks and is unparked from outside, or yields with nobody else queued, comes
 *       back through the same outside queue each time and still starves those in the others. So the
 *       poller's turn ends now and then, with its thread: it starts a successor, which stands
 *       behind the threads that this carrier has started. What platform threads start and timers
 *       wake stands in other queues, and a carrier alone, which always finds the next poller in the
 *       queue at hand, would never look there. So a turn begins with a nap once in a while, and the
 *       carrier has to look around.
 *   <li><b>Idle latency.</b> Falling asleep and being woken costs some 50 µs. So it polls on for a
 *       moment before it sleeps, but only while waits have lately been that short.
 *   <li><b>Held carriers.</b> If every carrier is held by threads that wait while pinned, the
 *       poller cannot run. The sleeper sees that it made no progress for {@link #RESCUE_NANOS} and
 *       polls in its place until it does.
 * </ul>
 */
final class SharedLane extends Poller {

  /** The sleeper steps in when the poller was awake for so long without polling. */
  static final long RESCUE_NANOS = 10_000_000;

  /** A turn while threads for new connections may be waiting. See docs/performance.md. */
  private static final long TURN_NANOS = 2_000_000;

  /** A turn otherwise. Threads that start for another reason than an accept wait for its end. */
  private static final long LONG_TURN_NANOS = 32_000_000;

  /** Between two naps at most, turns aside that began before. */
  private static final long NAP_EVERY_NANOS = LONG_TURN_NANOS;

  /** A connection may be accepted at the end of one turn and its thread start in the next. */
  private static final int TURNS_PER_NEWCOMER = 2;

  /**
   * Successors that end their turn at once. Which queue is looked at first is a matter of luck, and
   * each of them is another throw.
   */
  private static final int USHERS = 2;

  /** How long it polls on when there is nothing, if it polls on at all. */
  private static final long SPIN_NANOS = 50_000;

  /** A wait, its wake-up included, that polling on could have avoided. */
  private static final long SHORT_WAIT_NANOS = 120_000;

  /** Empty polls between two yields: a yield costs as much as some of them. */
  private static final int POLLS_PER_YIELD = 8;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A nap that takes so long never ends. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Sleepable kernel;

  /** Makes the poller's threads, not started yet. */
  private final Function<Runnable, Thread> threads;

  /** True from before the poller parks until the sleeper has seen something ready. */
  private volatile boolean asleep;

  /** Counts the poller's rounds. Written by the poller, read by the sleeper. */
  private volatile long rounds;

  /** Connections accepted so far, modulo 2^32. */
  private final AtomicInteger newcomers = new AtomicInteger();

  /** Null when it has ended. Written under the monitor that guards the start. */
  private volatile @Nullable Thread sleeper;

  private final long idleNanos;

  /** A sleep without limit, but for a look at how things are. */
  private final long lookNanos;

  /** Since when there is nothing to do, as far as the sleeper knows, which alone uses it. */
  private long idleSince = Clock.NONE;

  /** Whose turn it is. Written by the poller before that, and by the sleeper at first and last. */
  private volatile @Nullable Thread poller;

  // What a poller leaves to its successor. Guarded by its being the only poller: a thread's start
  // is ordered after what its starter did.
  private long turnBegan;
  private int newcomersSeen;
  private int shortTurns;
  private int ushers;
  private boolean spin;
  private long lastNap;

  SharedLane(Sleepable readiness) {
    this(
        readiness,
        Thread.ofVirtual().name("gonet-poller").inheritInheritableThreadLocals(false)::unstarted,
        Daemons.IDLE_NANOS);
  }

  /** For tests, with threads that fail to start or end soon. */
  SharedLane(Sleepable readiness, Function<Runnable, Thread> threads, long idleNanos) {
    super(readiness);
    this.idleNanos = idleNanos;
    this.lookNanos = Math.min(LOOK_NANOS, idleNanos);
    this.kernel = readiness;
    this.threads = threads;
  }

  @Override
  public String lane() {
    return "shared";
  }

  @Override
  protected void start() {
    Thread s = daemon("gonet-sleeper", new Persistent(this::sleepLoop));
    sleeper = s;
    Daemons.start(s);
  }

  @Override
  public @Nullable Thread sleeper() {
    return sleeper;
  }

  // ---- the poller, a virtual thread ------------------------------------------------------------

  // A poller's turn: until it has handed over to its successor. Yielding is the point, and a thread
  // is equal to itself alone.
  @SuppressWarnings({"ThreadPriorityCheck", "ReferenceEquality"})
  private void pollLoop() {
    if (ushers > 0 && --ushers > 0 && handedOver()) {
      return;
    }
    turnBegan = Clock.now();
    if (turnBegan - lastNap >= NAP_EVERY_NANOS) {
      nap();
      if (poller != Thread.currentThread()) {
        return; // given up for lost meanwhile: nothing here is its own any more
      }
      turnBegan = Clock.now();
      lastNap = turnBegan;
    }
    long emptySince = Clock.NONE;
    int empty = 0;
    long round = rounds;
    // A start that fails may have begun all the same; then the thread that it was to replace goes
    // on.
    while (poller == Thread.currentThread()) {
      try {
        int woken = kernel.poll(0);
        rounds = ++round;
        long now = Clock.now();
        if (woken > 0) {
          emptySince = Clock.NONE;
          empty = 0;
          if (!turnIsOver(now)) {
            Thread.yield();
          } else if (handedOver()) {
            return;
          }
          continue;
        }
        if (emptySince == Clock.NONE) {
          emptySince = now;
        }
        if (spin && now - emptySince < SPIN_NANOS && !turnIsOver(now)) {
          if (++empty % POLLS_PER_YIELD == 0) {
            Thread.yield();
          } else {
            Thread.onSpinWait();
          }
          continue;
        }
        sleep();
        turnBegan = Clock.now();
        lastNap = turnBegan;
        spin = turnBegan - emptySince < SHORT_WAIT_NANOS;
        emptySince = Clock.NONE;
        empty = 0;
      } catch (Throwable t) {
        failed("poller", t);
      }
    }
  }

  /** As short as can be: it is a platform thread that ends it, and that takes its time. */
  private void nap() {
    try {
      LockSupport.parkNanos(this, 1);
    } catch (Throwable t) {
      // No memory for a timer: the next turn tries again.
    }
  }

  private boolean turnIsOver(long now) {
    int arrived = newcomers.get();
    if (arrived != newcomersSeen) {
      newcomersSeen = arrived;
      shortTurns = TURNS_PER_NEWCOMER;
    }
    return now - turnBegan >= (shortTurns > 0 ? TURN_NANOS : LONG_TURN_NANOS);
  }

  /**
   * Makes a successor and starts it, after which this thread must not poll any more.
   *
   * @return false if there is no memory for one: this thread goes on
   */
  private boolean handedOver() {
    Thread self = poller;
    if (ushers == 0) {
      ushers = 1 + USHERS;
      shortTurns = Math.max(0, shortTurns - 1);
    }
    try {
      Thread next = threads.apply(new Persistent(this::pollLoop));
      poller = next;
      next.start();
      return true;
    } catch (Throwable t) {
      poller = self;
      ushers = 0;
      turnBegan = Clock.now();
      return false;
    }
  }

  @Override
  public void newConnection() {
    newcomers.incrementAndGet();
  }

  /** Parks until the sleeper has seen something ready, now or later. */
  private void sleep() {
    asleep = true;
    kernel.armSleeper();
    while (asleep) {
      LockSupport.park(this);
      var _ = Thread.interrupted(); // while the status is set a park returns at once
    }
  }

  // ---- the sleeper, a platform thread ----------------------------------------------------------

  private void sleepLoop() {
    while (poller == null && !startedPoller()) {
      // Everybody who waits depends on it meanwhile.
      pollInItsPlace();
    }
    long seen = 0;
    for (; ; ) {
      try {
        var _ = Thread.interrupted(); // it means nothing here, and would end each pause
        boolean limitless = asleep;
        if (kernel.sleep(limitless ? lookNanos : RESCUE_NANOS)) {
          seen = rounds;
          asleep = false;
          idleSince = Clock.NONE;
          LockSupport.unpark(poller);
        } else if (asleep) {
          if (limitless) {
            kernel.armSleeper(); // once more: a set that was taken away falls silent
            if (idle() && ended(this::endPoller)) {
              return;
            }
          }
        } else {
          long now = rounds;
          if (now == seen) {
            rescue(now);
          }
          seen = now;
        }
      } catch (Throwable t) {
        failed("sleeper", t);
      }
    }
  }

  /** False if there is no memory, or no carrier and no thread to be had for one. */
  private boolean startedPoller() {
    Thread before = poller;
    try {
      // Made here, not in the thread that registers first: a virtual thread inherits the scheduler
      // of the thread that makes it, and this one's is the default.
      Thread first = threads.apply(new Persistent(this::pollLoop));
      poller = first;
      first.start();
      return true;
    } catch (Throwable t) {
      poller = before;
      return false;
    }
  }

  /**
   * A poller's thread ends only when it has started its successor, and waits for a time only to
   * nap. One that has ended without a successor is replaced, and so is one whose nap does not end:
   * for want of memory the JDK loses such a thread ({@link gonet.internal.time.Pause}). If that one
   * does come back it sees that it is not the poller any more.
   */
  private void replaceIfLost(long stuckSince) {
    Thread last = poller;
    if (last == null) {
      return;
    }
    Thread.State state = last.getState();
    if (state == Thread.State.TERMINATED
        || state == Thread.State.TIMED_WAITING && Clock.now() - stuckSince > LOST_NANOS) {
      var _ = startedPoller(); // or the next time
    }
  }

  /** Whether nothing has been registered for long. */
  private boolean idle() {
    if (readiness.registered() > 0) {
      idleSince = Clock.NONE;
      return false;
    }
    long now = Clock.now();
    if (idleSince == Clock.NONE) {
      idleSince = now;
    }
    return now - idleSince >= idleNanos;
  }

  /** Under the monitor that guards the start: the next one finds everything as at first. */
  private void endPoller() {
    Thread last = poller;
    poller = null;
    sleeper = null;
    asleep = false;
    idleSince = Clock.NONE;
    LockSupport.unpark(last); // it is parked, and ends because it is not the poller any more
  }

  private void pollInItsPlace() {
    try {
      kernel.poll(RESCUE_NANOS);
    } catch (Throwable t) {
      failed("sleeper", t);
    }
  }

  /** Polls in the poller's place until the poller has got a carrier again. */
  private void rescue(long stuckAt) {
    long since = Clock.now();
    while (rounds == stuckAt && !asleep) {
      replaceIfLost(since);
      kernel.poll(RESCUE_NANOS);
    }
  }
}
