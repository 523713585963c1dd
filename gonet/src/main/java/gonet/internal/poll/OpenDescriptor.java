package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The life of a descriptor that many threads use at once, without what they do with it: it is open
 * until somebody closes it, held while somebody is inside, and given back once, by whoever finds
 * nobody inside any more.
 *
 * <pre>
 *   open --- close, closeSoon ---> closing --- the last one has left: claim ---> destroying
 *                                    |  nobody begins, all who wait are woken       |
 *                                    |                                              v
 *                                    +-- looked at again until then, because    destroyed
 *                                        an Error may have cut a step short
 * </pre>
 *
 * <p>What an Error may leave undone is listed under "Errors" in docs/concurrency.md. Each step from
 * closing on can be repeated by anybody, and the claim is taken once.
 */
abstract class OpenDescriptor {
  final Descriptor descriptor;
  final PollDesc desc;
  final FDMutex mutex = new FDMutex();

  /** SO_LINGER is above zero, so that close(2) may block. */
  private volatile boolean lingers;

  /**
   * Who has to hear of the end: the thread that waits in {@link #close}, or the {@link Settlement}
   * that looks after a close nobody waits for. Written by who closed.
   */
  private volatile @Nullable Object listener;

  /** Given back to the kernel. */
  private volatile boolean destroyed;

  OpenDescriptor(Descriptor descriptor, Poller poller) {
    this.descriptor = descriptor;
    this.desc = new PollDesc(poller, descriptor);
  }

  // ---- held ------------------------------------------------------------------------------------

  void lock(boolean read, long limit) throws FDException {
    FDMutex.Outcome outcome = mutex.lock(read, limit, desc);
    if (outcome != FDMutex.Outcome.LOCKED) {
      throw FDException.of(
          switch (outcome) {
            case TIMEOUT -> Kind.TIMEOUT;
            case INTERRUPTED -> Kind.INTERRUPTED;
            default -> Kind.CLOSED;
          },
          read ? desc.read : desc.writeIfMade(),
          limit,
          0);
    }
  }

  /**
   * An Error means that nothing was unlocked. Each caller then leaves a debt, see {@link FDMutex}:
   * in its own frame, because there may be no room for another.
   */
  void unlock(boolean read) {
    if (mutex.unlock(read)) {
      try {
        leave();
      } catch (Error e) {
        // There was not even room for that. It is done by whoever closed.
      }
    }
  }

  /** Something to do with a descriptor that is held open meanwhile. */
  @FunctionalInterface
  public interface Use<T> {
    /** Must not block, and must not keep the descriptor. */
    T apply(Descriptor descriptor) throws SyscallException;
  }

  /** Calls {@code use} with a reference held, besides reads and writes. */
  public <T> T use(Use<T> use) throws FDException {
    StackRoom.requireLittle(); // a reference, unlike a lock, cannot be owed
    if (!mutex.incref()) {
      throw FDException.of(Kind.CLOSED, 0);
    }
    try {
      return use.apply(descriptor);
    } catch (SyscallException e) {
      throw FDException.syscall(e.call(), e.errno(), 0);
    } finally {
      if (mutex.decref()) {
        leave();
      }
    }
  }

  /** SO_LINGER in seconds, −1 for off. Above zero, close(2) is kept off the carriers. */
  public void linger(int seconds) throws FDException {
    use(new SetLinger(this, seconds));
  }

  // No lambdas where connections come by: one that is linked at the end of a stack stays broken.

  private record SetLinger(OpenDescriptor fd, int seconds) implements Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      descriptor.setOption(Option.LINGER, seconds);
      fd.lingers = seconds > 0;
      return seconds;
    }
  }

  private record Release(OpenDescriptor fd) implements Runnable {
    @Override
    public void run() {
      fd.release();
    }
  }

  /** SO_LINGER was above zero before this object took the descriptor over. */
  public void lingers() {
    lingers = true;
  }

  /**
   * Tells {@code ear} once when the other side has ended its stream or reset it, however many bytes
   * are unread; at once if it has already, on the calling thread, and on a poller's otherwise: it
   * must not block. One for each descriptor. Nobody is told after close, nor with a backend that
   * does not hear of it; see {@link Readiness#HANGUP}.
   *
   * @throws FDException if the descriptor is closed, or the kernel refuses to watch it
   */
  public void whenHungUp(Runnable ear) throws FDException {
    use(new HangUp(desc, ear));
  }

  private record HangUp(PollDesc desc, Runnable ear) implements Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      desc.register();
      desc.whenHungUp(ear);
      return 0;
    }
  }

  // ---- close -----------------------------------------------------------------------------------

  /** The number the kernel knows, or knew, this socket by; −1 where the backend hides it. */
  public int number() {
    return descriptor.number();
  }

  /** Whether {@link #close} was called. */
  public boolean closed() {
    return desc.closing();
  }

  /**
   * Closes: wakes everybody who waits, lets everybody who is inside leave, and returns when the
   * kernel has the descriptor back. Not ended by an interrupt, whose status survives.
   *
   * @return false when it was closed before; what an Error had left to do then is done now
   * @throws StackOverflowError when there is no room for a close, which then has not begun
   */
  public boolean close() {
    if (!beginClose(Thread.currentThread())) {
      return false;
    }
    boolean interrupted = false;
    while (!destroyed) {
      // park returns at once while the status is set, and would spin on the carrier that the
      // others need to leave.
      interrupted |= Thread.interrupted();
      LockSupport.parkNanos(this, FDMutex.LOOK_NANOS);
      if (!destroyed) {
        // Somebody has been inside for long. Perhaps an Error has made him forget something.
        desc.evict();
        mutex.sendAway();
        settle();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /**
   * Closes without waiting for whoever is still inside, nor for SO_LINGER.
   *
   * @return false when it was closed before
   * @throws StackOverflowError when there is no room for a close, which then has not begun
   */
  public boolean closeSoon() {
    if (!beginClose(null)) {
      return false;
    }
    if (!destroyed) {
      try {
        Settlement look = new Settlement(this); // nobody waits, so somebody has to look
        listener = look;
        desc.timers().arm(look, Clock.after(FDMutex.LOOK_NANOS));
        if (destroyed) {
          desc.timers().retire(look); // either this sees the one, or whoever destroys the other
        }
      } catch (OutOfMemoryError e) {
        // It is closed all the same. Only a later close would look after an Error of the last one.
      }
    }
    return true;
  }

  private boolean beginClose(@Nullable Thread waiter) {
    StackRoom.requireMuch();
    if (!mutex.close()) {
      settle();
      return false;
    }
    listener = waiter;
    try {
      desc.evict();
    } finally {
      mutex.sendAway();
      settle();
    }
    return true;
  }

  /** Does what is due: unlocks what Errors have kept locked, destroys what nobody uses. */
  void settle() {
    if (mutex.settle()) {
      destroy();
    }
  }

  /** Whether {@link #settle} would do something, for who looks on a thread that must not wait. */
  boolean owes() {
    return mutex.owes();
  }

  /** Given back to the kernel. */
  boolean destroyed() {
    return destroyed;
  }

  /** The last one out after close. Whatever happens here, who closed looks again. */
  private void leave() {
    try {
      StackRoom.requireMuch();
      destroy();
    } catch (Throwable t) {
      // The operation is over and has its result. Whoever closed sees to it, or Settlement does.
    }
  }

  /** Runs once, after the last reference is gone: nobody is inside, nobody can come in. */
  private void destroy() {
    if (!mutex.claim()) {
      return;
    }
    boolean handedOver = false;
    try {
      desc.leave();
    } finally {
      try {
        if (lingers) {
          handedOver = lingersAside();
        }
      } finally {
        // Also after a failure, such as no memory for a thread: the closer waits for this.
        if (!handedOver) {
          release();
        }
      }
    }
  }

  /**
   * Without a thread nobody lingers: whoever closes may be one who must not wait. The kernel still
   * sends what it has, in the background.
   */
  private boolean lingersAside() {
    try {
      Daemons.start("gonet-linger", new Release(this));
      return true;
    } catch (OutOfMemoryError e) {
      try {
        descriptor.setOption(Option.LINGER, -1);
      } catch (SyscallException closed) {
        // So there is nothing to linger for.
      }
      Poller.failed("close", e);
      return false;
    }
  }

  private void release() {
    try {
      descriptor.close();
    } finally {
      destroyed = true;
      Object ear = listener;
      try {
        Shortage.close();
        if (ear instanceof Settlement look) {
          desc.timers().retire(look);
        }
      } finally {
        if (ear instanceof Thread closer) {
          LockSupport.unpark(closer);
        }
      }
    }
  }

  @Override
  public String toString() {
    return desc + " " + mutex;
  }
}
