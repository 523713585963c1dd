package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EALREADY;
import static gonet.internal.backend.Errno.EINPROGRESS;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EISCONN;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.UnixName;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.internal.time.NoThreadError;
import gonet.netip.AddrPort;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How connections begin: accept and connect, in the shape that all operations of {@link FD} have.
 */
final class Establishment {
  private Establishment() {}

  /** See {@link FD#accept} and, for {@code waits} false, {@link FD#acceptQueued}. */
  static boolean accept(
      FD fd, Descriptor.Accepted into, AcceptTrouble trouble, long limit, boolean waits)
      throws FDException {
    StackRoom.requireMuch(); // the kernel gives a number, which must find its object
    fd.lock(true, limit);
    boolean held = true;
    try {
      try {
        ParkSlot slot = fd.desc.read;
        long pauseNanos = Shortage.FIRST_PAUSE_NANOS;
        for (; ; ) {
          FD.stopIf(slot.check(limit), slot, limit, 0);
          if (slot.mustTry() || !waits) {
            slot.beginTry();
            int closed = Shortage.closed();
            int n = fd.descriptor.accept(into);
            if (n >= 0) {
              fd.busyReads++;
              fd.desc.newConnection();
              return true;
            }
            if (AcceptErrors.dead(-n)) {
              continue;
            }
            if (AcceptErrors.shortage(-n)) {
              trouble.pausing(-n, pauseNanos);
              long until = Clock.earlier(Clock.after(pauseNanos), limit);
              FD.stopIf(pause(slot, closed, until), slot, limit, 0);
              pauseNanos = Math.min(pauseNanos * 2, Shortage.LONGEST_PAUSE_NANOS);
              continue;
            }
            if (!fd.sawNothing(slot, "accept4", n, 0)) {
              continue;
            }
          }
          if (!waits) {
            return false;
          }
          fd.busyReads = 0;
          FD.stopIf(fd.await(slot, limit, 0) ? Kind.TIMEOUT : null, slot, limit, 0);
        }
      } finally {
        fd.unlockAfterReads();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        fd.mutex.readOwed = true;
      }
      throw e;
    }
  }

  private static @Nullable Kind pause(ParkSlot slot, int closed, long until) throws FDException {
    try {
      return Shortage.pause(slot, closed, until);
    } catch (NoThreadError e) { // for the timer
      throw FDException.syscall(e.call(), EAGAIN, 0);
    }
  }

  /** See {@link FD#connect}; {@code begin} is connect(2) to wherever it goes. */
  static void connect(FD fd, ToIntFunction<Descriptor> begin, long limit) throws FDException {
    fd.lock(false, limit);
    boolean held = true;
    try {
      try {
        ParkSlot slot = fd.desc.write();
        FD.stopIf(slot.check(limit), slot, limit, 0);
        slot.beginTry();
        int n = begin.applyAsInt(fd.descriptor);
        if (n == -EINTR) {
          n = -EINPROGRESS; // the handshake goes on by itself (connect(2))
        }
        while (n == -EINPROGRESS || n == -EALREADY || n == -EINTR) {
          // EINTR says nothing about the handshake, whose edge may have come before.
          if (n != -EINTR && slot.sawEmpty()) {
            FD.stopIf(fd.await(slot, limit, 0) ? Kind.TIMEOUT : null, slot, limit, 0);
            FD.stopIf(Thread.currentThread().isInterrupted() ? Kind.INTERRUPTED : null, 0);
          }
          slot.beginTry();
          n = fd.descriptor.finishConnect();
        }
        if (n < 0 && n != -EISCONN) {
          throw FDException.syscall("connect", -n, 0);
        }
        fd.desc.newConnection();
      } finally {
        fd.unlock(false);
        held = false;
      }
    } catch (Error e) {
      if (held) {
        fd.mutex.writeOwed = true;
      }
      throw e;
    }
  }

  /** To an address. */
  record Connecting(AddrPort remote) implements ToIntFunction<Descriptor> {
    @Override
    public int applyAsInt(Descriptor descriptor) {
      return descriptor.connect(remote);
    }
  }

  /** To a path. */
  record ConnectingUnix(UnixName remote) implements ToIntFunction<Descriptor> {
    @Override
    public int applyAsInt(Descriptor descriptor) {
      return descriptor.connect(remote);
    }
  }
}
