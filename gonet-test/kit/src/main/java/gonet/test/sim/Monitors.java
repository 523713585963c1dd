package gonet.test.sim;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes contended monitors deterministic. A thread that gets a monitor which it had to wait for
 * comes back through a list of the VM's and a thread of the VM's, at a time of that thread's own;
 * nobody can ask whether one is under way.
 *
 * <p>So two helpers travel the same way. The owner parks inside of a monitor, and the marker waits
 * for it:
 *
 * <pre>
 *   owner:   synchronized (m) { park }   leaves, enters again
 *   marker:                              through the VM's list --> comes back
 * </pre>
 *
 * <p>The list is emptied from its head, all at once, so what was on it before the marker may come
 * back behind the marker; it does not come back behind the marker's second round. (A platform
 * thread cannot be the owner: a virtual thread mounted on it passes for the same owner.)
 *
 * <p>A round costs some microseconds and is saved while no thread of the simulation can be on that
 * way: none that has left the carrier for a monitor and has not run since. Confined to the carrier.
 */
final class Monitors {
  private static final int ROUNDS = 2;
  private static final int SPINS = 20_000;

  private final Scheduler scheduler;
  private final Object monitor = new Object();
  private final Set<SimThread> away = new HashSet<>();
  private @Nullable Thread owner;
  private @Nullable Thread marker;
  private @Nullable Runnable markerTask;

  /** A helper that has been made ready. */
  private @Nullable Runnable woken;

  private volatile boolean over;

  Monitors(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** A thread has left the carrier. */
  void left(SimThread thread) {
    if (VirtualThreads.mayComeFromMonitor(thread.thread)) {
      away.add(thread);
    }
  }

  /** A thread enters the carrier. */
  void enters(SimThread thread) {
    if (!away.isEmpty()) {
      away.remove(thread);
    }
  }

  /** Whether this is a helper, which the scheduler leaves to its round. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  boolean takes(Runnable task) {
    Thread thread = VirtualThreads.of(task);
    if (thread == marker) {
      markerTask = task;
    } else if (thread != owner) {
      return false;
    }
    woken = task;
    return true;
  }

  /** Returns when all who were on the way back are in the scheduler's inbound queue. */
  void round() {
    if (away.isEmpty() || allWait()) {
      return;
    }
    if (owner == null) {
      begin();
    }
    for (int i = 0; i < ROUNDS; i++) {
      travel();
    }
  }

  /** Whoever notifies one of these has changed its state by then. */
  private boolean allWait() {
    for (SimThread each : away) {
      if (!VirtualThreads.waitsForNotify(each.thread)) {
        return false;
      }
    }
    return true;
  }

  private void begin() {
    owner = scheduler.builder().name("monitor owner").unstarted(this::own);
    owner.start();
    runWoken();
    marker = scheduler.builder().name("monitor marker").unstarted(this::mark);
    marker.start();
    runWoken();
  }

  private void own() {
    while (!over) {
      synchronized (monitor) {
        LockSupport.park();
      }
    }
  }

  private void mark() {
    while (!over) {
      synchronized (monitor) {
        if (over) {
          return;
        }
      }
    }
  }

  private void runWoken() {
    Runnable task = woken;
    woken = null;
    if (task == null) {
      throw new AssertionError("a helper did not come");
    }
    scheduler.runHelper(task);
  }

  private void travel() {
    LockSupport.unpark(owner);
    runWoken();
    Runnable task = markerTask;
    if (task == null) {
      throw new AssertionError("the marker never ran");
    }
    for (int spins = 0; !scheduler.takeInbound(task); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(1_000); // the VM's thread needs a core, too
      }
    }
    scheduler.runHelper(task);
  }

  /** Lets the helpers end. */
  void end() {
    if (owner != null) {
      over = true;
      travel();
    }
  }
}
