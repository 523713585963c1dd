package gonet.internal.poll;

import gonet.internal.backend.Sleepable;
import gonet.internal.time.Clock;
import java.util.concurrent.locks.LockSupport;
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
 *   <li><b>Fairness.</b> A carrier empties its own queue before it looks at work from outside, and
 *       new threads are work from outside. A poller that always yields keeps the queue filled and
 *       starves them. So now and then it goes to sleep although there is work: the queue drains,
 *       the sleeper wakes the poller from outside, and it queues up once more behind whoever came
 *       before it.
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

  /** The poller gives way to work from outside this often. Measured: see docs/performance.md. */
  private static final long TURN_NANOS = 2_000_000;

  /** How long it polls on when there is nothing, if it polls on at all. */
  private static final long SPIN_NANOS = 50_000;

  /** A wait, its wake-up included, that polling on could have avoided. */
  private static final long SHORT_WAIT_NANOS = 120_000;

  /** Empty polls between two yields: a yield costs as much as some of them. */
  private static final int POLLS_PER_YIELD = 8;

  private final Sleepable kernel;

  /** True from before the poller parks until the sleeper has seen something ready. */
  private volatile boolean asleep;

  /** Counts the poller's rounds. Written by the poller, read by the sleeper. */
  private volatile long rounds;

  /** Written once, under the monitor that guards the start. */
  private volatile @Nullable Thread sleeper;

  SharedLane(Sleepable readiness) {
    super(readiness);
    this.kernel = readiness;
  }

  @Override
  public String lane() {
    return "shared";
  }

  @Override
  void start() {
    Thread s = daemon("gonet-sleeper", this::sleepLoop);
    sleeper = s;
    s.start();
  }

  @Override
  @Nullable Thread sleeper() {
    return sleeper;
  }

  // ---- the poller, a virtual thread ------------------------------------------------------------

  @SuppressWarnings({"InfiniteLoopStatement", "ThreadPriorityCheck"}) // yielding is the point
  private void pollLoop() {
    long turnEnds = Clock.now() + TURN_NANOS;
    long emptySince = Clock.NONE;
    int empty = 0;
    boolean spin = false;
    long round = 0;
    for (; ; ) {
      try {
        int woken = kernel.poll(0);
        rounds = ++round;
        long now = Clock.now();
        if (woken > 0) {
          emptySince = Clock.NONE;
          empty = 0;
          if (now < turnEnds) {
            Thread.yield();
          } else {
            sleep();
            Thread.yield(); // behind the new threads that have queued up meanwhile
            turnEnds = Clock.now() + TURN_NANOS;
          }
          continue;
        }
        if (emptySince == Clock.NONE) {
          emptySince = now;
        }
        if (spin && now - emptySince < SPIN_NANOS && now < turnEnds) {
          if (++empty % POLLS_PER_YIELD == 0) {
            Thread.yield();
          } else {
            Thread.onSpinWait();
          }
          continue;
        }
        sleep();
        long woke = Clock.now();
        spin = woke - emptySince < SHORT_WAIT_NANOS;
        turnEnds = woke + TURN_NANOS;
        emptySince = Clock.NONE;
        empty = 0;
      } catch (Throwable t) {
        failed("poller", t);
      }
    }
  }

  /** Parks until the sleeper has seen something ready, now or later. */
  private void sleep() {
    asleep = true;
    kernel.armSleeper();
    while (asleep) {
      LockSupport.park(this);
    }
  }

  // ---- the sleeper, a platform thread ----------------------------------------------------------

  @SuppressWarnings("InfiniteLoopStatement")
  private void sleepLoop() {
    // Made here, not in the thread that registers first: a virtual thread inherits the scheduler of
    // the thread that makes it, and this one's is the default.
    Thread p =
        Thread.ofVirtual()
            .name("gonet-poller")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::pollLoop);
    p.start();
    long seen = 0;
    for (; ; ) {
      try {
        boolean limitless = asleep;
        if (kernel.sleep(limitless ? -1 : RESCUE_NANOS)) {
          seen = rounds;
          asleep = false;
          LockSupport.unpark(p);
        } else if (!asleep) {
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

  /** Polls in the poller's place until the poller has got a carrier again. */
  private void rescue(long stuckAt) {
    while (rounds == stuckAt && !asleep) {
      kernel.poll(RESCUE_NANOS);
    }
  }
}
