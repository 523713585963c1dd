package gonet.internal.sys;

import gonet.internal.backend.Errno;
import java.nio.ByteBuffer;

/**
 * Several buffers in one send(2).
 *
 * <p>Not sendmsg(2) with an {@code iovec}: that takes addresses, which a heap array does not have,
 * and which for native memory nothing would hold alive while another thread closes its arena. The
 * linker holds what it is given as an argument. So a large buffer goes out by itself, straight from
 * where it lies, and smaller ones are first copied together, which costs less than a system call
 * for each and knows no limit of 1024 (IOV_MAX). Either way one call makes one full send, so that
 * TCP sees no more small segments than sendmsg would have shown it.
 */
public final class Gather {
  /** From here on a buffer is not copied, in bytes: some 1 µs of copying against a system call. */
  static final int LARGE = 16 * 1024;

  /** How much is copied together, in bytes. */
  static final int STAGING = 64 * 1024;

  /** More than any kernel takes as one message, in bytes; so nothing larger need be copied. */
  static final int LONGEST_MESSAGE = 64 * 1024 * 1024;

  private Gather() {}

  /**
   * Sends the beginning of {@code bufs[off, off+count)}; positions move by what went out, over
   * whole buffers and into the middle of one.
   *
   * @return the count; zero when nothing remains in any buffer; or a negated errno
   */
  public static int send(int fd, ByteBuffer[] bufs, int off, int count, int[] errno, int slot) {
    int end = off + count;
    int first = off;
    while (first < end && !bufs[first].hasRemaining()) {
      first++;
    }
    if (first == end) {
      return 0;
    }
    if (bufs[first].remaining() >= LARGE || first == end - 1) {
      return Transfer.send(fd, bufs[first], errno, slot);
    }
    Scratch scratch = Scratch.take();
    try {
      byte[] staging = scratch.staging(STAGING);
      int staged = stage(bufs, first, end, staging);
      int n = Transfer.send(fd, staging, 0, staged, errno, slot);
      advance(bufs, first, end, n);
      return n;
    } finally {
      scratch.release();
    }
  }

  /**
   * Sends all of {@code bufs[off, off+count)} as one message; positions move to their limits.
   *
   * @return the count; zero when nothing remains in any buffer; or a negated errno
   */
  public static long sendMessage(
      int fd, ByteBuffer[] bufs, int off, int count, int[] errno, int slot) {
    int end = off + count;
    int first = off;
    long total = 0;
    for (int i = end - 1; i >= off; i--) {
      if (bufs[i].hasRemaining()) {
        first = i;
        total += bufs[i].remaining();
      }
    }
    if (total == 0) {
      return 0;
    }
    if (total == bufs[first].remaining()) {
      return Transfer.sendMessage(fd, bufs[first], errno, slot);
    }
    if (total > LONGEST_MESSAGE) {
      return -Errno.EMSGSIZE;
    }
    byte[] message = new byte[(int) total];
    int staged = stage(bufs, first, end, message);
    int n = Transfer.sendMessage(fd, message, 0, staged, errno, slot);
    advance(bufs, first, end, n);
    return n;
  }

  /** Whether anything remains in one of {@code bufs[off, off+count)}. */
  public static boolean hasRemaining(ByteBuffer[] bufs, int off, int count) {
    for (int i = off; i < off + count; i++) {
      if (bufs[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  /** Copies as much as fits, and leaves positions alone. */
  private static int stage(ByteBuffer[] bufs, int first, int end, byte[] staging) {
    int staged = 0;
    for (int i = first; i < end && staged < staging.length; i++) {
      int n = Math.min(bufs[i].remaining(), staging.length - staged);
      bufs[i].get(bufs[i].position(), staging, staged, n);
      staged += n;
    }
    return staged;
  }

  /** Consumes {@code sent} bytes, which may be a negated errno and then are none. */
  private static void advance(ByteBuffer[] bufs, int first, int end, int sent) {
    int left = sent;
    for (int i = first; i < end && left > 0; i++) {
      int n = Math.min(bufs[i].remaining(), left);
      bufs[i].position(bufs[i].position() + n);
      left -= n;
    }
  }
}
