package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EINVAL;
import static gonet.internal.backend.Errno.EIO;
import static gonet.internal.backend.Errno.ENOSYS;
import static gonet.internal.backend.Errno.EPERM;

import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes from one {@link FD}, or from a file, to another through a pipe of the kernel's, by
 * splice(2), so that they are not copied: Go's {@code poll.Splice}. Alternately a read into the
 * pipe and a write out of it; both have the shape of the other operations in {@code FD}, its locks,
 * its waits and its failures. Never are both descriptors locked, so that two transfers in opposite
 * directions cannot wait for each other.
 *
 * <pre>
 *   no pipe --- fill: Pipes.take ---> pipe, empty --- splice(2) ---> pipe, with bytes
 *      ^                                 |                              |
 *      |  nothing came: Pipes.give       |       drain: all went out    |
 *      +---------------------------------+------------------------------+
 *      |                           salvage: the bytes are in memory now |
 *      +--------------------- discard: the bytes are lost, Pipes.drop --+
 * </pre>
 *
 * <p>What EAGAIN means. A fill begins with an empty pipe and a drain asks for no more than is in
 * it, so it is never the pipe that makes either wait. For a drain that settles it. A fill still
 * does not know: where urgent data stands at the head of the stream, or memory is short, the kernel
 * says EAGAIN with bytes in the socket, and no edge would follow. So it asks once more with {@link
 * gonet.internal.backend.Descriptor#probeRead}, and leaves what splice(2) cannot move to recv(2).
 * Nor does a short count prove anything: a pipe is full when its places are, whatever is in them.
 *
 * <p>No pipe is held while a fill waits, so that idle connections cost none. Owned by one thread at
 * a time.
 */
public final class Splice {

  /** What {@link #fill} answers when the bytes have to be read and written instead. */
  public static final int COPY = -2;

  /** The most that one call moves, in bytes; the kernel moves no more than the pipe is large. */
  private static final int CHUNK = 512 * 1024;

  private final Pipes pipes;

  private @Nullable KernelPipe pipe;

  /** Bytes that the last fill brought. */
  private int filled;

  /** Those of them that are in the pipe, unless it is {@link #dirty}. */
  private int left;

  /**
   * A system call on the pipe has begun, and its result is not noted yet. If an Error leaves it so,
   * nobody knows what is in the pipe: bytes of one client, which must not go to another.
   */
  private boolean dirty;

  /** The kernel does not want to splice here, and will not. */
  private boolean refused;

  /** Holds nothing yet. */
  public Splice(Pipes pipes) {
    this.pipes = pipes;
  }

  /** Whether bytes can go from one to the other in this way. */
  public static boolean possible(FD from, FD to) {
    return from.descriptor.splices() && to.descriptor.splices();
  }

  /**
   * Reads at least one byte into the pipe, waiting for it. To be followed by {@link #drain}.
   *
   * @return how many; {@link FD#END_OF_STREAM}; or {@link #COPY}, with nothing moved
   */
  public int fill(FD from, long limit) throws FDException {
    if (dirty || left > 0) {
      throw new IllegalStateException("the pipe holds what another fill has brought");
    }
    if (refused) {
      return COPY;
    }
    from.lock(true, limit);
    boolean held = true;
    int got = 0;
    try {
      try {
        ParkSlot slot = from.desc.read;
        for (boolean expired = false; ; ) {
          FD.stopIf(expired ? from.desc.closed() : slot.check(limit), slot, limit, 0);
          if (from.readShut) {
            return FD.END_OF_STREAM;
          }
          if (expired || slot.mustTry()) {
            KernelPipe into = pipe != null ? pipe : pipes.take();
            if (into == null) {
              return COPY;
            }
            pipe = into;
            slot.beginTry();
            dirty = true;
            int n = from.descriptor.spliceInto(into, CHUNK);
            filled = n > 0 ? n : 0;
            left = filled;
            dirty = false;
            if (n > 0) {
              got = n;
              from.busyReads += (byte) (1 + n / Turn.BUSY_BYTES);
              return n;
            }
            if (n == 0) {
              return from.endOfStream();
            }
            refused = refuses(-n);
            if (n == -EAGAIN) {
              n = from.descriptor.probeRead();
            }
            if (n >= 0 || refused) {
              return COPY;
            }
            if (!from.sawNothing(slot, "splice", n, 0)) {
              continue;
            }
            release();
            FD.stopIf(expired ? FDException.Kind.TIMEOUT : null, slot, limit, 0);
          }
          expired = from.awaitTraffic(slot, true, limit, 0);
        }
      } finally {
        try {
          if (dirty) {
            discard();
          } else if (left == 0) {
            release();
          }
        } finally {
          from.unlockAfterReads();
          held = false;
        }
      }
    } catch (Error e) {
      if (held) {
        from.mutex.readOwed = true;
      }
      if (got > 0) {
        return got; // bytes that are out of the socket belong to the caller
      }
      throw e;
    }
  }

  /**
   * Reads at least one byte of a file into the pipe, and waits for the disk alone. To be followed
   * by {@link #drain}.
   *
   * @return how many bytes, {@link FD#END_OF_STREAM} at the end of the file, or {@link #COPY}
   * @throws IOException what the file's channel throws
   */
  public int fill(FileChannel from, long position, long max) throws IOException {
    KernelPipe into = refused ? null : pipes.take();
    if (into == null) {
      return COPY;
    }
    pipe = into;
    try {
      if (!into.takesFiles()) {
        refused = true;
        return COPY;
      }
      dirty = true;
      filled = into.fill(from, position, (int) Math.min(max, CHUNK));
      left = filled;
      dirty = false;
      return filled > 0 ? filled : FD.END_OF_STREAM;
    } finally {
      if (dirty) {
        discard();
      } else if (left == 0) {
        release();
      }
    }
  }

  /** Whether bytes of a file can go there in this way. */
  public static boolean possible(FD to) {
    return to.descriptor.splices();
  }

  /** By the kernel, or by a filter of system calls. */
  private static boolean refuses(int errno) {
    return errno == EINVAL || errno == ENOSYS || errno == EPERM;
  }

  /**
   * Writes all that the last fill brought. After a failure, which tells how much had gone out, the
   * rest is still in the pipe: {@link #salvage} or {@link #discard} it.
   *
   * @param progress told of each part that went out, under the write lock
   */
  public void drain(FD to, long limit, LongConsumer progress) throws FDException {
    to.lock(false, limit);
    boolean held = true;
    try {
      try {
        KernelPipe from = Objects.requireNonNull(pipe);
        ParkSlot slot = null; // as long as nobody has had to wait
        while (left > 0) {
          slot = to.checkWrite(slot, limit, filled - left);
          if (slot == null || slot.mustTry()) {
            to.beginSend(slot);
            dirty = true;
            int n = to.descriptor.spliceFrom(from, left);
            left -= n > 0 ? n : 0;
            dirty = false;
            if (n > 0) {
              to.busyWrites += (byte) (1 + n / Turn.BUSY_BYTES);
              progress.accept(n);
              continue;
            }
            if (slot == null) {
              slot = to.desc.write();
              if (n == -EAGAIN && to.desc.mayMissEdges()) {
                continue; // once more, now that an edge finds something to mark
              }
            }
            // Zero would be an empty pipe without a writing end.
            if (!to.sawNothing(slot, "splice", n == 0 ? -EIO : n, filled - left)) {
              continue;
            }
          }
          boolean expired = to.awaitTraffic(slot, false, limit, filled - left);
          FD.stopIf(expired ? FDException.Kind.TIMEOUT : null, slot, limit, filled - left);
        }
        release();
      } finally {
        to.unlockAfterWrites();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        to.mutex.writeOwed = true;
      }
      throw e;
    }
  }

  /** Takes out of the pipe what a drain left there, and gives the pipe back. */
  public byte[] salvage() {
    if (dirty) {
      throw new IllegalStateException("an Error has left the pipe with nobody knows what");
    }
    byte[] rest = new byte[left];
    KernelPipe from = pipe;
    while (from != null && left > 0) {
      int n = from.read(rest, rest.length - left, left);
      if (n > 0) {
        left -= n;
      } else if (n != -EINTR) {
        throw new IllegalStateException("a pipe lost its bytes: " + Errno.name(-n));
      }
    }
    release();
    return rest;
  }

  /** Forgets what a drain left in the pipe, and the pipe with it. */
  public void discard() {
    KernelPipe held = pipe;
    if (held == null || (left == 0 && !dirty)) {
      release();
      return;
    }
    pipes.drop(held);
    pipe = null;
    left = 0;
    dirty = false;
  }

  private void release() {
    KernelPipe held = pipe;
    if (held != null) {
      pipes.give(held);
      pipe = null;
    }
  }
}
