package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.ENOSYS;

import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams in and out, in the shape that all operations of {@link FD} have. What differs from
 * streams: there is no end, nothing comes or goes in part, an empty one counts, and a failure is
 * about one datagram, so that nothing is latched: ICMP may tell of a refusal, and the next datagram
 * arrives.
 */
public final class Datagrams {
  private static final long FIRST_LOOK_NANOS = 500_000;
  private static final long LAST_LOOK_NANOS = 16_000_000;
  private static final int ONLY_LOOKED = -1;

  private Datagrams() {}

  // ---- in --------------------------------------------------------------------------------------

  /**
   * Receives one datagram's bytes into {@code buf[off, off+len)}; what does not fit is lost.
   *
   * @return their number, 0 for an empty one
   */
  public static int read(FD fd, byte[] buf, int off, int len, long limit) throws FDException {
    return receive(fd, "read", buf, off, null, len, null, null, 0, limit);
  }

  /** The same, into what {@code buf} has remaining; its position moves by the result. */
  public static int read(FD fd, ByteBuffer buf, long limit) throws FDException {
    return receive(fd, "read", null, 0, buf, 0, null, null, 0, limit);
  }

  /**
   * Receives one datagram.
   *
   * @param call which system call a failure names
   */
  public static void receive(FD fd, String call, Packet into, long limit) throws FDException {
    receive(fd, call, null, 0, null, 0, into, null, 0, limit);
  }

  /** Receives as many as are there, at least one and at most {@code max}; how many. */
  public static int receive(FD fd, PacketBatch into, int max, long limit) throws FDException {
    return receive(fd, "recvmmsg", null, 0, null, 0, null, into, max, limit);
  }

  private static int receive(
      FD fd,
      String call,
      byte @Nullable [] array,
      int off,
      @Nullable ByteBuffer buffer,
      int len,
      @Nullable Packet packet,
      @Nullable PacketBatch batch,
      int max,
      long limit)
      throws FDException {
    fd.lock(true, limit);
    boolean held = true;
    int got = -1;
    try {
      try {
        ParkSlot slot = fd.desc.read;
        for (boolean expired = false; ; ) {
          FD.stopIf(expired ? fd.desc.closed() : slot.check(limit), slot, limit, 0);
          if (expired || slot.mustTry()) {
            slot.beginTry();
            int n;
            if (packet != null) {
              n = fd.descriptor.receive(packet);
            } else if (batch != null) {
              n = fd.descriptor.receive(batch, max);
            } else if (array != null) {
              n = fd.descriptor.receive(array, off, len);
            } else {
              ByteBuffer into = Objects.requireNonNull(buffer);
              n = fd.descriptor.receive(into, into.remaining());
            }
            if (n >= 0) {
              got = n;
              // A batch with room left had all that was there, and more raises an edge. Not once an
              // error was told: recvmmsg(2) keeps one that it meets behind a datagram, and is
              // silent.
              if (batch != null && n < max && !fd.desc.sticky()) {
                slot.sawEmpty();
              }
              fd.busyReads++;
              return n;
            }
            if (!sawNothing(slot, call, n, 0)) {
              continue;
            }
            FD.stopIf(expired ? Kind.TIMEOUT : null, slot, limit, 0);
          }
          expired = fd.awaitTraffic(slot, true, limit, 0);
        }
      } finally {
        fd.unlockAfterReads();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        fd.mutex.readOwed = true;
      }
      if (got >= 0) {
        return got; // a datagram that is out of the kernel belongs to the caller
      }
      throw e;
    }
  }

  /**
   * Waits until a receive would not wait. A failure that is there is thrown from here: the kernel
   * tells it once, and a look for data is an asking.
   */
  public static void awaitReadable(FD fd, long limit) throws FDException {
    fd.lock(true, limit);
    boolean held = true;
    try {
      try {
        ParkSlot slot = fd.desc.read;
        boolean expired = false;
        for (boolean edge = false; ; edge = !expired) {
          FD.stopIf(expired ? fd.desc.closed() : slot.check(limit), slot, limit, 0);
          if (expired || slot.mustTry()) {
            slot.beginTry();
            int n = fd.descriptor.probeRead();
            if (n >= 0 || (n == -ENOSYS && edge)) {
              return;
            }
            int seen = n == -ENOSYS ? -EAGAIN : n;
            if (!sawNothing(slot, "read", seen, 0)) {
              continue;
            }
            FD.stopIf(expired ? Kind.TIMEOUT : null, slot, limit, 0);
          }
          expired = fd.awaitTraffic(slot, true, limit, 0);
        }
      } finally {
        fd.unlock(true);
        held = false;
      }
    } catch (Error e) {
      if (held) {
        fd.mutex.readOwed = true;
      }
      throw e;
    }
  }

  // ---- out -------------------------------------------------------------------------------------

  /** Sends {@code buf[off, off+len)} as one datagram to the peer. */
  public static void write(FD fd, byte[] buf, int off, int len, long limit) throws FDException {
    var _ = send(fd, "write", buf, off, null, null, len, null, null, 0, 0, limit, 0);
  }

  /** Sends what {@code buf} has remaining as one datagram to the peer; its position moves. */
  public static void write(FD fd, ByteBuffer buf, long limit) throws FDException {
    var _ = send(fd, "write", null, 0, buf, null, 0, null, null, 0, 0, limit, 0);
  }

  /** Sends what all {@code bufs} have remaining as one datagram; their positions move. */
  public static void write(FD fd, ByteBuffer[] bufs, long limit) throws FDException {
    var _ = send(fd, "write", null, 0, null, bufs, 0, null, null, 0, 0, limit, 0);
  }

  /**
   * Sends one datagram.
   *
   * @param call which system call a failure names
   */
  public static void send(FD fd, String call, Packet packet, long limit) throws FDException {
    var _ = send(fd, call, null, 0, null, null, 0, packet, null, 0, 0, limit, 0);
  }

  /**
   * Sends {@code count} packets from {@code off} on, waiting where there is no room.
   *
   * @return how many: all, or fewer, at least one, where the next one fails
   * @throws FDException if the first one fails
   */
  public static int send(FD fd, PacketBatch batch, int off, int count, long limit)
      throws FDException {
    return send(fd, "sendmmsg", null, 0, null, null, 0, null, batch, off, count, limit, 0);
  }

  /**
   * @param pause how long a wait for room may take at most, 0 for no bound: after it {@link
   *     #ONLY_LOOKED} is returned, which makes no object
   */
  private static int send(
      FD fd,
      String call,
      byte @Nullable [] array,
      int off,
      @Nullable ByteBuffer buffer,
      ByteBuffer @Nullable [] buffers,
      int len,
      @Nullable Packet packet,
      @Nullable PacketBatch batch,
      int first,
      int count,
      long limit,
      long pause)
      throws FDException {
    fd.lock(false, limit);
    boolean held = true;
    boolean done = false;
    int sent = 0; // of a batch
    try {
      try {
        ParkSlot slot = null; // as long as nobody has had to wait
        for (; ; ) {
          slot = fd.checkWrite(slot, limit, 0);
          if (slot == null || slot.mustTry()) {
            fd.beginSend(slot);
            long n;
            if (packet != null) {
              n = fd.descriptor.send(packet);
            } else if (batch != null) {
              n = fd.descriptor.send(batch, first + sent, count - sent);
            } else if (array != null) {
              n = fd.descriptor.send(array, off, len);
            } else if (buffer != null) {
              n = fd.descriptor.send(buffer);
            } else {
              ByteBuffer[] all = Objects.requireNonNull(buffers);
              n = fd.descriptor.send(all, 0, all.length);
            }
            if (n >= 0) {
              fd.busyWrites++;
              sent += (int) n;
              if (batch == null || sent >= count) {
                done = true;
                return sent;
              }
              continue;
            }
            if (slot == null) {
              slot = fd.desc.write();
              if (n == -EAGAIN && fd.desc.mayMissEdges()) {
                continue; // once more, now that an edge finds something to mark
              }
            }
            if (sent > 0 && n != -EAGAIN && n != -EINTR) {
              done = true;
              return sent; // the next call begins with the one that fails
            }
            if (!sawNothing(slot, call, (int) n, 0)) {
              continue;
            }
          }
          // Counted from the wait on: a thread that stood aside before the send has its look too.
          long until = pause == 0 ? limit : Clock.earlier(limit, Clock.after(pause));
          if (fd.awaitTraffic(slot, false, until, 0)) {
            FD.stopIf(pause == 0 ? Kind.TIMEOUT : null, slot, limit, 0);
            slot.ready(); // so that the next one asks the kernel
            done = sent > 0;
            return done ? sent : ONLY_LOOKED;
          }
        }
      } catch (FDException e) {
        if (sent > 0) {
          done = true;
          return sent; // these are gone; the next call meets the same failure
        }
        throw e;
      } finally {
        fd.unlockAfterWrites();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        fd.mutex.writeOwed = true;
      }
      if (!done) {
        throw e;
      }
      return sent;
    }
  }

  /**
   * As {@link #send(FD, String, Packet, long)}, of a Unix socket without a peer. No edge tells when
   * a queue that others have filled has room: unix_dgram_poll looks at the peer's alone. So this
   * looks again, in pauses that grow.
   */
  public static void sendSomewhere(FD fd, String call, Packet packet, long limit)
      throws FDException {
    long pause = FIRST_LOOK_NANOS;
    while (send(fd, call, null, 0, null, null, 0, packet, null, 0, 0, limit, pause)
        == ONLY_LOOKED) {
      pause = Math.min(2 * pause, LAST_LOOK_NANOS);
    }
  }

  /** The same of several: {@link #send(FD, PacketBatch, int, int, long)}. */
  public static int sendSomewhere(FD fd, PacketBatch batch, int off, int count, long limit)
      throws FDException {
    for (long pause = FIRST_LOOK_NANOS; ; pause = Math.min(2 * pause, LAST_LOOK_NANOS)) {
      int sent =
          send(fd, "sendmmsg", null, 0, null, null, 0, null, batch, off, count, limit, pause);
      if (sent != ONLY_LOOKED) {
        return sent;
      }
    }
  }

  /** As of an FD, but nothing is latched. */
  private static boolean sawNothing(ParkSlot slot, String call, int result, long transferred)
      throws FDException {
    if (result == -EAGAIN) {
      return slot.sawEmpty();
    }
    if (result == -EINTR) {
      return false;
    }
    throw FDException.syscall(call, -result, transferred);
  }
}
