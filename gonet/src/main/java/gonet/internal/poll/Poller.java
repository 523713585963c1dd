package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sleepable;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Daemons;
import gonet.internal.time.LogLimit;
import gonet.internal.time.NoThreadError;
import gonet.internal.time.Pause;
import gonet.internal.time.Timers;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who polls, when and on which thread. The readiness contract says what there is to poll; a
 * subclass is a policy, called a lane:
 *
 * <ul>
 *   <li>{@link SharedLane}: a virtual thread among all others polls, a platform thread sleeps.
 *   <li>{@link ThreadLane}: one platform thread does both.
 * </ul>
 *
 * <p>A further lane, with carriers of gonet's own, extends this class in {@code
 * gonet.internal.carrier}, above this package, and is chosen where the backend is.
 *
 * <p>Threads start with the first registration. They are daemons, have the system class loader and
 * inherit no thread-locals. All methods are safe for any thread.
 */
public abstract class Poller {
  private static final System.Logger LOG = System.getLogger("gonet.poll");

  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  /** A failure that stays comes back a hundred times a second. */
  private static final LogLimit FAILURES = new LogLimit(10, TimeUnit.SECONDS.toNanos(10));

  final Readiness readiness;
  private final HangUps hangUps = new HangUps();
  private final Timers timers = new Timers(t -> failed("timer", t));

  /** Written under the monitor of this object. */
  private volatile boolean started;

  protected Poller(Readiness readiness) {
    this.readiness = readiness;
    StackRoom
        .requireMuch(); // a class whose initialiser meets the end of a stack is broken for good
    FDMutex.walkThrough();
  }

  /** The lane that suits the backend's readiness. */
  public static Poller over(Readiness readiness) {
    return readiness instanceof Sleepable sleepable
        ? new SharedLane(sleepable)
        : new ThreadLane(readiness);
  }

  /** The lane's name, as statistics show it. */
  public abstract String lane();

  /** Starts the lane's threads; called once, and again after each {@link #ended}. */
  protected abstract void start();

  /**
   * The lane's threads have had nothing to do for a while, and want to end.
   *
   * @param last what is to be done before a next start, if so
   * @return false when somebody has registered a descriptor, and they must go on
   */
  final boolean ended(Runnable last) {
    return endedIf(
        () -> {
          last.run();
          return true;
        });
  }

  /**
   * The same for a lane that has further reasons to go on.
   *
   * @param last looks for them, and false means that there are some; otherwise does what is to be
   *     done before a next start
   */
  protected final synchronized boolean endedIf(BooleanSupplier last) {
    // Said before it is looked: whoever registers does so first and asks then whether it is said.
    started = false;
    boolean over = readiness.registered() == 0 && last.getAsBoolean();
    started = !over;
    return over;
  }

  /** Descriptors registered now. */
  public int registered() {
    return readiness.registered();
  }

  /** Timers armed now. */
  public final int armedTimers() {
    return timers.armed();
  }

  final HangUps hangUps() {
    return hangUps;
  }

  final Timers timers() {
    return timers;
  }

  /** A new builder of virtual threads that this lane's scheduler runs. */
  public Thread.Builder.OfVirtual threads() {
    return Thread.ofVirtual();
  }

  /** Begins to watch a descriptor, for the thread that calls. See {@link Readiness#register}. */
  public void register(Descriptor descriptor, Readiness.Sink sink) throws SyscallException {
    readiness.register(descriptor, sink);
    // Behind the registration: a lane that ends says so first and looks for registrations then.
    if (!started) {
      try {
        startOnce();
      } catch (Throwable t) {
        readiness.deregister(descriptor);
        if (t instanceof NoThreadError e) {
          throw new SyscallException(e.call(), Errno.EAGAIN);
        }
        throw t;
      }
    }
  }

  /** See {@link Readiness#deregister}. */
  public void deregister(Descriptor descriptor) {
    readiness.deregister(descriptor);
  }

  /** See {@link Readiness#failure}. */
  public int failure() {
    return readiness.failure();
  }

  /** See {@link Readiness#arm}. */
  public void arm(Descriptor descriptor, int mode) {
    readiness.arm(descriptor, mode);
  }

  /** See {@link Readiness#disarm}. */
  public void disarm(Descriptor descriptor) {
    readiness.disarm(descriptor);
  }

  /** There is a new connection; whoever got it may be about to start threads for it. */
  public void newConnection() {}

  /**
   * Whether the current thread, by yielding, lets in everybody who waits for a carrier, new threads
   * included.
   */
  public boolean yieldIsFair() {
    return false;
  }

  /** Whether connections that were dropped without close are looked for. */
  public boolean findsDropped() {
    return true;
  }

  private synchronized void startOnce() {
    if (!started) {
      start();
      started = true;
    }
  }

  /**
   * A poller or timer thread met what it must survive. Waits a moment, so that a failure that stays
   * fills neither a core nor a disk.
   */
  public static void failed(String where, Throwable t) {
    try {
      Pause.afterFailure(FAILURE_PAUSE_NANOS);
      long leftOut = FAILURES.admit();
      if (leftOut != LogLimit.SILENT) {
        String more = leftOut == 0 ? "" : ", after " + leftOut + " that were not logged";
        LOG.log(System.Logger.Level.ERROR, "gonet " + where + " goes on after a failure" + more, t);
      }
    } catch (Throwable ignored) {
      // A pause or a log that fails as well, for want of memory or of descriptors, must not end the
      // loop.
    }
  }

  /** A platform thread as all of gonet's own are. */
  public static Thread daemon(String name, Runnable loop) {
    return Daemons.unstarted(name, loop);
  }

  /** The thread that sleeps for this poller, for tests that look at its properties. */
  public abstract @Nullable Thread sleeper();
}
