package gonet.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/**
 * recv(2) and send(2) between a socket and the caller's own memory, heap or native: no copy, and
 * once compiled no allocation, because the segments made here never leave the calls they are for.
 *
 * <p>The compiler sees that only if it inlines everything from the making of a segment down to the
 * call, a dozen methods deep, and it stops at a depth of 15 (MaxInlineLevel), counted from where it
 * began: in a user's handler, say. Then each call costs 112 to 296 bytes. So whatever makes
 * segments stands behind a {@linkplain #opaque handle that is no constant}. The compiler cannot
 * look through it and compiles what is behind by itself, from depth zero, for a few nanoseconds a
 * call. Whole arrays and parts of them still take different ways, because of their profiles.
 *
 * <p>errno goes to {@code errno[slot]}, which the calling thread must own: one slot for each
 * direction of a socket, guarded by whatever orders the operations of that direction.
 */
public final class Transfer {
  /**
   * The most that one call reads, in bytes. A critical downcall delays a garbage collection while
   * it copies; 128 KiB take some ten microseconds, and the call's own price is already lost in
   * that.
   */
  public static final int MAX_RECEIVE = 128 * 1024;

  /**
   * The most that one call writes, in bytes; some 60 to 100 microseconds. Measured: with 128 KiB
   * the kernel needs half as much time again for each byte, and with 1 MiB a quarter.
   */
  public static final int MAX_SEND = 512 * 1024;

  /** Where peeked bytes go. Never read, so it may be everybody's. */
  private static final byte[] PEEKED = new byte[1];

  // Not final, so that no compiler takes one for a constant and inlines what is behind it. One
  // signature but for the kind of memory, so that they share the code that the JDK makes for them.
  private static MethodHandle receive = opaque("receiveArray", byte[].class);
  private static MethodHandle peek = opaque("peekArray", byte[].class);
  private static MethodHandle send = opaque("sendArray", byte[].class);
  private static MethodHandle receiveDirect = opaque("receiveDirect", ByteBuffer.class);
  private static MethodHandle sendDirect = opaque("sendDirect", ByteBuffer.class);

  private Transfer() {}

  /** {@code int name(int fd, M memory, int off, int len, int[] errno, int slot)} of this class. */
  private static MethodHandle opaque(String name, Class<?> memory) {
    MethodType type =
        MethodType.methodType(
            int.class, int.class, memory, int.class, int.class, int[].class, int.class);
    try {
      return MethodHandles.lookup().findStatic(Transfer.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  /** recv(2) into {@code buf[off, off+len)}: the count, 0 at the end, or a negated errno. */
  public static int receive(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    try {
      return (int) receive.invokeExact(fd, buf, off, Math.min(len, MAX_RECEIVE), errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** As {@link #receive}, of a message: what does not fit is lost, so nothing bounds it here. */
  public static int receiveMessage(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    try {
      return (int) receive.invokeExact(fd, buf, off, len, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  @SuppressWarnings("unused") // reached by its handle
  private static int receiveArray(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    int n =
        off == 0
            ? Libc.recv(fd, MemorySegment.ofArray(buf), len, slot(errno, slot))
            : Libc.recv(fd, part(buf, off, len), len, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
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
      n = receiveNative(fd, buf, max, errno, slot);
    }
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  /** As {@link #receive(int, ByteBuffer, int, int[], int)}, of a message. */
  public static int receiveMessage(int fd, ByteBuffer buf, int len, int[] errno, int slot) {
    int position = buf.position();
    int max = Math.min(len, buf.remaining());
    int n;
    if (buf.hasArray()) {
      n = receiveMessage(fd, buf.array(), buf.arrayOffset() + position, max, errno, slot);
    } else if (buf.isReadOnly()) {
      throw new ReadOnlyBufferException();
    } else {
      try {
        n = max == 0 ? 0 : (int) receiveDirect.invokeExact(fd, buf, position, max, errno, slot);
      } catch (Throwable t) {
        throw Libc.unexpected(t);
      }
    }
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  private static int receiveNative(int fd, ByteBuffer buf, int len, int[] errno, int slot) {
    Objects.checkFromIndexSize(0, len, buf.remaining());
    if (len == 0) {
      return 0;
    }
    try {
      int max = Math.min(len, MAX_RECEIVE);
      return (int) receiveDirect.invokeExact(fd, buf, buf.position(), max, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  @SuppressWarnings("unused") // reached by its handle; the segment begins at the position
  private static int receiveDirect(
      int fd, ByteBuffer buf, int off, int len, int[] errno, int slot) {
    FirstCalls.ofTheRest();
    int n = Libc.recvDirect(fd, MemorySegment.ofBuffer(buf), len, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  /**
   * recv(2) with MSG_PEEK of one byte: 1 if there is data, 0 at the end of the stream, or a negated
   * errno. Asking for no byte at all would be answered with 0 whatever is there.
   */
  public static int peek(int fd, int[] errno, int slot) {
    try {
      return (int) peek.invokeExact(fd, PEEKED, 0, 1, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  @SuppressWarnings("unused") // reached by its handle; one byte has no parts
  private static int peekArray(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    int n = Libc.peek(fd, MemorySegment.ofArray(buf), len, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  /** send(2) from {@code buf[off, off+len)}: the count or a negated errno. */
  public static int send(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    try {
      return (int) send.invokeExact(fd, buf, off, Math.min(len, MAX_SEND), errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** As {@link #send}, of a message, which goes out whole or not at all. */
  public static int sendMessage(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    try {
      return (int) send.invokeExact(fd, buf, off, len, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** send(2) of no byte, which is a datagram where there are datagrams: zero or a negated errno. */
  public static int sendEmpty(int fd, int[] errno, int slot) {
    try {
      return (int) send.invokeExact(fd, PEEKED, 0, 0, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** As {@link #send(int, ByteBuffer, int[], int)}, of a message. */
  public static int sendMessage(int fd, ByteBuffer buf, int[] errno, int slot) {
    int position = buf.position();
    int len = buf.remaining();
    int n;
    if (buf.hasArray()) {
      n = sendMessage(fd, buf.array(), buf.arrayOffset() + position, len, errno, slot);
    } else {
      try {
        n = len == 0 ? 0 : (int) sendDirect.invokeExact(fd, buf, position, len, errno, slot);
      } catch (Throwable t) {
        throw Libc.unexpected(t);
      }
    }
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  @SuppressWarnings("unused") // reached by its handle
  private static int sendArray(int fd, byte[] buf, int off, int len, int[] errno, int slot) {
    int n =
        off == 0
            ? Libc.send(fd, MemorySegment.ofArray(buf), len, slot(errno, slot))
            : Libc.send(fd, part(buf, off, len), len, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  /** send(2) of what {@code buf} has remaining; its position moves by the result. */
  public static int send(int fd, ByteBuffer buf, int[] errno, int slot) {
    int position = buf.position();
    int len = buf.remaining();
    int n =
        buf.hasArray()
            ? send(fd, buf.array(), buf.arrayOffset() + position, len, errno, slot)
            : sendNative(fd, buf, len, errno, slot);
    if (n > 0) {
      buf.position(position + n);
    }
    return n;
  }

  private static int sendNative(int fd, ByteBuffer buf, int len, int[] errno, int slot) {
    if (len == 0) {
      return 0;
    }
    try {
      int max = Math.min(len, MAX_SEND);
      return (int) sendDirect.invokeExact(fd, buf, buf.position(), max, errno, slot);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  @SuppressWarnings("unused") // reached by its handle; the segment begins at the position
  private static int sendDirect(int fd, ByteBuffer buf, int off, int len, int[] errno, int slot) {
    FirstCalls.ofTheRest();
    int n = Libc.sendDirect(fd, MemorySegment.ofBuffer(buf), len, slot(errno, slot));
    return n >= 0 ? n : -errno[slot];
  }

  /**
   * {@code buf[off, off+len)}. By way of a buffer, because {@link MemorySegment#asSlice} goes
   * through code that all kinds of memory share: its profile may tell the compiler that slices of
   * byte arrays are rare, and then each of them costs 112 bytes.
   */
  private static MemorySegment part(byte[] buf, int off, int len) {
    return MemorySegment.ofBuffer(ByteBuffer.wrap(buf, off, len));
  }

  private static MemorySegment slot(int[] errno, int slot) {
    return MemorySegment.ofArray(errno).asSlice((long) slot * Integer.BYTES, Integer.BYTES);
  }
}
