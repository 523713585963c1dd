package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Clock;
import gonet.internal.time.Timers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The netpoller's half of a descriptor: its two park slots, and what the kernel said about it for
 * good. The poller's tables lead here and no further, so that a connection dropped without close is
 * garbage while its descriptor is still registered.
 *
 * <p>Registers itself with the poller when a thread first has to wait: a descriptor that never
 * waits costs no {@code epoll_ctl} at all, and the registration reports whatever is true by then.
 */
final class PollDesc implements Readiness.Sink, FDMutex.Deadlines {
  private static final int FOR_GOOD = Readiness.STICKY | Readiness.HANGUP;

  private static final VarHandle KNOWN;

  static {
    try {
      KNOWN = MethodHandles.lookup().findVarHandle(PollDesc.class, "known", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Writes without a wait after one with a wait, until nobody listens for room any more. */
  private static final byte PATIENCE = 16;

  private static final byte REGISTERING = 1;
  private static final byte REGISTERED = 2;

  private final Poller poller;
  private final Descriptor descriptor;
  final ParkSlot read = new ParkSlot(this);

  /**
   * Null until a write has to wait or gets a deadline: most connections never do, and many of them
   * are idle. An edge that finds no slot is forgotten, so whoever makes it after a system call
   * found nothing asks {@link #mayMissEdges}. Written once, under the monitor of this object.
   */
  private volatile @Nullable ParkSlot write;

  /** Set by close, before it wakes the waiters; never cleared. */
  volatile boolean closing;

  /**
   * What is true for good, {@link Readiness#STICKY} and {@link Readiness#HANGUP}. Set by whoever
   * polls, before a slot is marked; never cleared. Two may poll at a time, so bits are added.
   */
  private volatile byte known;

  /**
   * 0, {@link #REGISTERING} before the kernel knows, {@link #REGISTERED}: only ever upwards, and
   * written under the monitor of this object. Bytes, all of them: one more would cost each
   * connection eight.
   */
  private volatile byte registration;

  /**
   * Writes that may still do without a wait until the poller is told that nobody waits for room; 0
   * if it knows. Guarded by the write lock.
   */
  private byte patience;

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
    if (registration == REGISTERED) {
      int failure = poller.failure();
      if (failure != 0) {
        throw new SyscallException("epoll_wait", failure);
      }
      return;
    }
    synchronized (this) { // a reader and a writer may come here together
      if (registration != REGISTERED) {
        registration = REGISTERING;
        poller.register(descriptor, this);
        registration = REGISTERED;
      }
    }
  }

  /** The slot of the other direction, made now if need be. */
  ParkSlot write() {
    ParkSlot made = write;
    if (made == null) {
      synchronized (this) {
        made = write;
        if (made == null) {
          made = new ParkSlot(this);
          write = made;
        }
      }
    }
    return made;
  }

  /**
   * Whether an edge may have come before the slot was there. If not, the registration is still to
   * come, and reports whatever is true by then to a slot that it finds: either this saw the flag,
   * or the kernel hears of the descriptor behind the making of the slot.
   */
  boolean mayMissEdges() {
    return registration != 0;
  }

  /** The slot of the other direction if there is one. */
  @Nullable ParkSlot writeIfMade() {
    return write;
  }

  /** Ends all waiting: present calls fail, future ones do not start. May be repeated. */
  void evict() {
    closing = true;
    try {
      ParkSlot w = write; // one that is made later is looked at behind the flag, by who makes it
      if (w != null) {
        w.close();
      }
    } finally {
      read.close();
    }
  }

  /** Leaves the poller and the timers. Nobody uses the descriptor any more. */
  void leave() {
    try {
      if (registration != 0) { // and perhaps registered, although an Error came before it was noted
        poller.deregister(descriptor);
      }
    } finally {
      try {
        poller.hangUps().forget(this);
      } finally {
        retireTimers();
      }
    }
  }

  private void retireTimers() {
    try {
      poller.timers().retire(read);
    } finally {
      ParkSlot w = write;
      if (w != null) {
        poller.timers().retire(w);
      }
    }
  }

  /** See {@link Poller#newConnection}. */
  void newConnection() {
    poller.newConnection();
  }

  /** See {@link Poller#findsDropped}. */
  boolean findsDropped() {
    return poller.findsDropped();
  }

  /** See {@link Poller#yieldIsFair}. */
  boolean yieldIsFair() {
    return poller.yieldIsFair();
  }

  @SuppressWarnings("ReferenceEquality") // which of the two it is
  void arm(ParkSlot slot) {
    if (slot == read) {
      poller.arm(descriptor, Readiness.READ);
    } else {
      patience = PATIENCE;
      poller.arm(descriptor, Readiness.WRITE);
    }
  }

  /** A write is over. By its thread, which still has the lock. */
  void wrote() {
    if (patience > 0 && --patience == 0) {
      poller.disarm(descriptor);
    }
  }

  /** As {@link ParkSlot#check}, for a direction that has no slot and so no deadline. */
  FDException.@Nullable Kind check(long callLimit) {
    if (closing) {
      return FDException.Kind.CLOSED;
    }
    return callLimit != Clock.NONE && callLimit <= Clock.now() ? FDException.Kind.TIMEOUT : null;
  }

  @Override
  public long deadline(boolean ofReads) {
    ParkSlot slot = ofReads ? read : write;
    return slot == null ? Clock.NONE : slot.deadline();
  }

  /** Why nothing may begin or go on, if the deadline does not count. */
  FDException.@Nullable Kind closed() {
    return closing ? FDException.Kind.CLOSED : null;
  }

  boolean closing() {
    return closing;
  }

  boolean sticky() {
    return (known & Readiness.STICKY) != 0;
  }

  Timers timers() {
    return poller.timers();
  }

  @Override
  public void ready(int events) {
    byte news = (byte) (events & FOR_GOOD & ~known);
    if (news != 0) {
      byte _ = (byte) KNOWN.getAndBitwiseOr(this, news); // the cast: without it a box is made
    }
    if ((events & Readiness.READ) != 0) {
      read.ready();
    }
    ParkSlot w = write;
    if ((events & Readiness.WRITE) != 0 && w != null) {
      w.ready();
    }
    if ((news & Readiness.HANGUP) != 0) {
      poller.hangUps().tell(this);
    }
  }

  /**
   * Tells {@code ear} once when the other side is gone, at once if it is already. One for each
   * descriptor: a second takes the place of the first.
   */
  void whenHungUp(Runnable ear) {
    poller.hangUps().listen(this, ear);
  }

  boolean hungUp() {
    return (known & Readiness.HANGUP) != 0;
  }

  /** What a thread dump shows as the object a thread is parked on. */
  @Override
  public String toString() {
    ParkSlot w = write;
    return "gonet descriptor "
        + descriptor.number()
        + " [read "
        + read.stateName()
        + ", write "
        + (w == null ? "unknown" : w.stateName())
        + "]";
  }
}
