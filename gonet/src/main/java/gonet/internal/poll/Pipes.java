package gonet.internal.poll;

import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Clock;
import gonet.internal.time.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The pipes that {@link Splice}s borrow. Making one costs three system calls, so that it is kept
 * for a while; two descriptors are dear, so that it is not kept for long, and there are never more
 * than so many.
 *
 * <p>Any thread. The timer thread closes what nobody wanted.
 */
public final class Pipes extends Timer {

  /** In all, the borrowed ones included; whoever finds none copies. */
  static final int MAX_OPEN = 256;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** When the kernel had no more, nobody asks again for this long. */
  private static final long SHORTAGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private record Idle(KernelPipe pipe, long since) {}

  private final Sockets sockets;
  private final Poller poller;

  private final AtomicInteger open = new AtomicInteger();

  /** The last one used stands first. Guarded by its monitor. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  /** Racy: asking the kernel once too often does no harm. */
  private volatile long shortUntil;

  /** Pipes of {@code sockets}' backend, looked after by the timers of {@code poller}. */
  public Pipes(Sockets sockets, Poller poller) {
    this.sockets = sockets;
    this.poller = poller;
  }

  /** An empty pipe, or null if none can be had now. */
  @Nullable KernelPipe take() {
    synchronized (idle) {
      Idle last = idle.pollFirst();
      if (last != null) {
        return last.pipe;
      }
    }
    return Clock.now() < shortUntil ? null : open();
  }

  private @Nullable KernelPipe open() {
    StackRoom.requireMuch(); // the kernel gives numbers, which must find their object
    if (open.incrementAndGet() > MAX_OPEN) {
      open.decrementAndGet();
      return null;
    }
    KernelPipe made = null;
    try {
      made = sockets.openPipe();
    } catch (SyscallException e) {
      shortUntil = e.errno() == Errno.ENOSYS ? Long.MAX_VALUE : Clock.after(SHORTAGE_NANOS);
    } finally {
      if (made == null) {
        open.decrementAndGet();
      }
    }
    return made;
  }

  /** Takes an empty pipe back. An Error means that it was not taken. */
  void give(KernelPipe pipe) {
    long now = Clock.now();
    synchronized (idle) {
      idle.addFirst(new Idle(pipe, now));
    }
    try {
      // Published before it is asked: either this sees that the timer is not armed, or the timer
      // thread sees the pipe.
      if (!armedBy(now + IDLE_NANOS)) {
        poller.timers().arm(this, now + IDLE_NANOS);
      }
    } catch (Throwable t) {
      // No thread for the timers now. The next pipe that comes back asks again.
    }
  }

  /**
   * Takes a pipe back that has bytes in it, which nobody shall ever see. An Error means that it was
   * not taken.
   */
  void drop(KernelPipe pipe) {
    StackRoom.requireMuch();
    try {
      pipe.close();
    } finally {
      open.decrementAndGet();
    }
  }

  @Override
  protected long fire(long now) {
    List<KernelPipe> unwanted = new ArrayList<>();
    long next = Clock.NONE;
    synchronized (idle) {
      for (Idle last; (last = idle.peekLast()) != null; ) {
        if (last.since + IDLE_NANOS > now) {
          next = last.since + IDLE_NANOS;
          break;
        }
        unwanted.add(last.pipe);
        idle.removeLast();
      }
    }
    for (KernelPipe pipe : unwanted) {
      drop(pipe);
    }
    return next;
  }
}
