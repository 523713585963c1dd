package gonet.internal.sys;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

/**
 * recv(2) and send(2) between a socket and the caller's own memory, heap or native: no copy, and
 * once compiled no allocation, because the segments made here never leave the calls they are for.
 *
 * <p>errno goes to {@code errno[slot]}, which the calling thread must own: one slot for each
 * direction of a socket, guarded by whatever orders the operations of that direction.
 */
public final class Transfer {
  /**
   * The most that one call asks of the kernel, in bytes. A critical downcall delays a garbage
   * collection while it copies; 128 KiB take some ten microseconds, and the call's own price is
   * already lost in that.
   */
  public static final int MAX_TRANSFER = 128 * 1024;

  /** Where peeked bytes go. Never read, so it may be everybody's. */
  private static final byte[] PEEKED = new byte[1];

  private Transfer() {}

  /** recv(2) into {@code buf[off, off+len)}: the count, 0 at the end, or a negated errno. */
  public static int receive(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    return receive(fd, MemorySegment.ofArray(buf), off, len, errno, slot);
  }

  /** recv(2) of at most {@code len} bytes at {@code buf}'s position, which moves by the result. */
  public static int receive(int fd, ByteBuffer buf, int len, int[] errno, int slot) {
    int position = buf.position();
    int max = Math.min(len, buf.remaining());
    int n;
    if (buf.hasArray()) {
      n = receive(fd, buf.array(), buf.arrayOffset() + position, max, errno, slot);
    } else if (buf.isReadOnly()) {
      // The linker would hand the address to the kernel all the same.
      throw new ReadOnlyBufferException();
    } else {
      n = receive(fd, MemorySegment.ofBuffer(buf), 0, max, errno, slot);
    }
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  /**
   * recv(2) with MSG_PEEK of one byte: 1 if there is data, 0 at the end of the stream, or a negated
   * errno. Asking for no byte at all would be answered with 0 whatever is there.
   */
  public static int peek(int fd, int[] errno, int slot) {
    int n = Libc.peek(fd, MemorySegment.ofArray(PEEKED), 1, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  /** send(2) from {@code buf[off, off+len)}: the count or a negated errno. */
  public static int send(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    return send(fd, MemorySegment.ofArray(buf), off, len, errno, slot);
  }

  /** send(2) of what {@code buf} has remaining; its position moves by the result. */
  public static int send(int fd, ByteBuffer buf, int[] errno, int slot) {
    int position = buf.position();
    int len = buf.remaining();
    int n =
        buf.hasArray()
            ? send(fd, buf.array(), buf.arrayOffset() + position, len, errno, slot)
            : send(fd, MemorySegment.ofBuffer(buf), 0, len, errno, slot);
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  private static int receive(int fd, MemorySegment buf, int off, int len, int[] errno, int slot) {
    int max = Math.min(len, MAX_TRANSFER);
    int n = Libc.recv(fd, buf.asSlice(off, max), max, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  static int send(int fd, MemorySegment buf, int off, int len, int[] errno, int slot) {
    int max = Math.min(len, MAX_TRANSFER);
    int n = Libc.send(fd, buf.asSlice(off, max), max, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  private static MemorySegment slot(int[] errno, int slot) {
    return MemorySegment.ofArray(errno).asSlice((long) slot * Integer.BYTES, Integer.BYTES);
  }
}
