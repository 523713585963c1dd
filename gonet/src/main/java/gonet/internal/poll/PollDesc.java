package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Timers;

/**
 * The netpoller's half of a descriptor: its two park slots, and what the kernel said about it for
 * good. The poller's tables lead here and no further, so that a connection dropped without close is
 * garbage while its descriptor is still registered.
 *
 * <p>Registers itself with the poller when a thread first has to wait: a descriptor that never
 * waits costs no {@code epoll_ctl} at all, and the registration reports whatever is true by then.
 */
final class PollDesc implements Readiness.Sink {
  private final Poller poller;
  private final Descriptor descriptor;
  final ParkSlot read = new ParkSlot(this, Readiness.READ);
  final ParkSlot write = new ParkSlot(this, Readiness.WRITE);

  /** Set by close, before it wakes the waiters; never cleared. */
  private volatile boolean closing;

  /** Set by the poller before it marks a slot; never cleared. See {@link Readiness#STICKY}. */
  private volatile boolean sticky;

  /** Written once, under the monitor of this object. */
  private volatile boolean registered;

  PollDesc(Poller poller, Descriptor descriptor) {
    this.poller = poller;
    this.descriptor = descriptor;
  }

  /**
   * Registers with the poller, once. Called by an operation that is about to wait.
   *
   * @throws SyscallException when the kernel refuses another registration
   */
  void register() throws SyscallException {
    if (registered) {
      return;
    }
    synchronized (this) { // a reader and a writer may come here together
      if (!registered) {
        poller.register(descriptor, this);
        registered = true;
      }
    }
  }

  /** Ends all waiting: present calls fail, future ones do not start. */
  void evict() {
    closing = true;
    read.evict();
    write.evict();
  }

  /** Leaves the poller and the timers. Nobody uses the descriptor any more. */
  void leave() {
    if (registered) {
      poller.deregister(descriptor);
    }
    poller.timers().retire(read);
    poller.timers().retire(write);
  }

  /** See {@link Poller#newConnection}. */
  void newConnection() {
    poller.newConnection();
  }

  void arm(int mode) {
    poller.arm(descriptor, mode);
  }

  boolean closing() {
    return closing;
  }

  boolean sticky() {
    return sticky;
  }

  Timers timers() {
    return poller.timers();
  }

  @Override
  public void ready(int events) {
    if ((events & Readiness.STICKY) != 0 && !sticky) {
      sticky = true;
    }
    if ((events & Readiness.READ) != 0) {
      read.ready();
    }
    if ((events & Readiness.WRITE) != 0) {
      write.ready();
    }
  }

  /** What a thread dump shows as the object a thread is parked on. */
  @Override
  public String toString() {
    return "gonet descriptor "
        + descriptor.number()
        + " [read "
        + read.stateName()
        + ", write "
        + write.stateName()
        + "]";
  }
}
