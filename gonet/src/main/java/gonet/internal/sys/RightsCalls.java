package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Rights;
import gonet.internal.backend.UnixName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * sendmsg(2) and recvmsg(2) with descriptors beside the bytes. Bytes are copied: this is rare.
 *
 * <pre>
 *   msghdr    name:8 namelen:8  iov:8 iovlen:8  control:8 controllen:8  flags:8       56 bytes
 *   iovec     base:8 len:8
 *   cmsghdr   len:8 level:4 type:4, then the numbers, 4 bytes each; the next begins at 8·n
 * </pre>
 */
public final class RightsCalls {
  private static final long NAME = 0;
  private static final long NAME_LENGTH = 8;
  private static final long IOV = 16;
  private static final long IOV_COUNT = 24;
  private static final long CONTROL = 32;
  private static final long CONTROL_LENGTH = 40;
  private static final long FLAGS = 48;
  private static final long MSGHDR_SIZE = 56;
  private static final int NAME_SIZE = 112;
  private static final long IOVEC_SIZE = 16;
  private static final long CMSGHDR_SIZE = 16;

  private RightsCalls() {}

  /**
   * sendmsg(2) with MSG_DONTWAIT and MSG_NOSIGNAL: the count or a negated errno.
   *
   * @param len at least one: a stream carries no descriptors without a byte
   * @param numbers at least one, at most {@link Rights#MAX}
   */
  public static int send(int fd, byte[] buf, int off, int len, int[] numbers) {
    Objects.checkFromIndexSize(off, len, buf.length);
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(len);
      MemorySegment.copy(buf, off, bytes, JAVA_BYTE, 0, len);
      MemorySegment control = control(arena, numbers);
      MemorySegment message = message(arena, bytes, len, control, numbers.length);
      return Libc.sendmsg(scratch, fd, message.address(), Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL);
    } finally {
      scratch.release();
    }
  }

  /** recvmsg(2) with MSG_DONTWAIT and MSG_CMSG_CLOEXEC: the count, 0 at the end, or an errno. */
  public static int receive(int fd, byte[] buf, int off, int len, Rights into) {
    Objects.checkFromIndexSize(off, len, buf.length);
    int max = into.numbers.length;
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = control(arena, max);
      MemorySegment bytes = arena.allocate(Math.max(1, len));
      MemorySegment message = message(arena, bytes, len, control, max);
      int n =
          Libc.recvmsg(scratch, fd, message.address(), Linux.MSG_DONTWAIT | Linux.MSG_CMSG_CLOEXEC);
      if (n >= 0) {
        collect(message, control, into);
        MemorySegment.copy(bytes, JAVA_BYTE, 0, buf, off, n);
      }
      return n;
    } finally {
      scratch.release();
    }
  }

  // ---- datagrams -------------------------------------------------------------------------------

  /** The same of a datagram, to where it says: zero or a negated errno. */
  public static int send(int fd, Packet packet, int[] numbers) {
    int len = packet.data.remaining();
    if (len > Gather.LONGEST_MESSAGE) {
      return -Errno.EMSGSIZE;
    }
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, len));
      bytes.asByteBuffer().put(0, packet.data, packet.data.position(), len);
      MemorySegment control = control(arena, numbers);
      MemorySegment message = message(arena, bytes, len, control, numbers.length);
      UnixName to = packet.remoteName;
      if (to != null) {
        MemorySegment name = arena.allocate(NAME_SIZE, Long.BYTES);
        message.set(JAVA_LONG, NAME, name.address());
        message.set(JAVA_INT, NAME_LENGTH, UnixSockAddr.encode(to, name, 0));
      }
      int flags = Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL;
      return Math.min(Libc.sendmsg(scratch, fd, message.address(), flags), 0);
    } finally {
      scratch.release();
    }
  }

  /** The same of a datagram: zero or a negated errno. */
  public static int receive(int fd, Packet into, Rights rights) {
    int max = rights.numbers.length;
    int room = into.data.remaining();
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment control = control(arena, max);
      MemorySegment bytes = arena.allocate(Math.max(1, room));
      MemorySegment name = arena.allocate(NAME_SIZE, Long.BYTES);
      MemorySegment message = message(arena, bytes, room, control, max);
      message.set(JAVA_LONG, NAME, name.address());
      message.set(JAVA_INT, NAME_LENGTH, NAME_SIZE);
      int flags = Linux.MSG_DONTWAIT | Linux.MSG_CMSG_CLOEXEC | Linux.MSG_TRUNC;
      int n = Libc.recvmsg(scratch, fd, message.address(), flags);
      if (n < 0) {
        return n;
      }
      collect(message, control, rights);
      into.forgetRest();
      into.wireLength = n;
      into.length = Math.min(n, room);
      into.data.put(into.data.position(), bytes.asByteBuffer(), 0, into.length);
      into.remote.clear();
      int nameLength = Math.min(message.get(JAVA_INT, NAME_LENGTH), NAME_SIZE);
      into.remoteName = UnixSockAddr.decode(name, 0, nameLength, into.remoteName);
      return 0;
    } finally {
      scratch.release();
    }
  }

  // ---- headers ---------------------------------------------------------------------------------

  /** First of all: the numbers must find their owner. */
  private static void collect(MemorySegment message, MemorySegment control, Rights into) {
    into.count = 0;
    into.truncated = (message.get(JAVA_INT, FLAGS) & Linux.MSG_CTRUNC) != 0;
    long length = message.get(JAVA_LONG, CONTROL_LENGTH);
    for (long at = 0; at + CMSGHDR_SIZE <= length; ) {
      long size = control.get(JAVA_LONG, at);
      boolean rights =
          control.get(JAVA_INT, at + 8) == Linux.SOL_SOCKET
              && control.get(JAVA_INT, at + 12) == Linux.SCM_RIGHTS;
      if (rights) {
        int count = (int) ((size - CMSGHDR_SIZE) / Integer.BYTES);
        MemorySegment.copy(control, JAVA_INT, at + CMSGHDR_SIZE, into.numbers, into.count, count);
        into.count += count;
      }
      if (size < CMSGHDR_SIZE) {
        return;
      }
      at += (size + 7) & ~7;
    }
  }

  private static MemorySegment control(Arena arena, int[] numbers) {
    MemorySegment control = control(arena, numbers.length);
    control.set(JAVA_LONG, 0, controlLength(numbers.length));
    control.set(JAVA_INT, 8, Linux.SOL_SOCKET);
    control.set(JAVA_INT, 12, Linux.SCM_RIGHTS);
    MemorySegment.copy(numbers, 0, control, JAVA_INT, CMSGHDR_SIZE, numbers.length);
    return control;
  }

  private static MemorySegment control(Arena arena, int numbers) {
    return arena.allocate((controlLength(numbers) + 7) & ~7, Long.BYTES);
  }

  /** CMSG_LEN and not CMSG_SPACE, whose padding would have room for a number more. */
  private static long controlLength(int numbers) {
    return CMSGHDR_SIZE + (long) numbers * Integer.BYTES;
  }

  private static MemorySegment message(
      Arena arena, MemorySegment bytes, int len, MemorySegment control, int numbers) {
    MemorySegment iovec = arena.allocate(IOVEC_SIZE, Long.BYTES);
    iovec.set(JAVA_LONG, 0, bytes.address());
    iovec.set(JAVA_LONG, Long.BYTES, len);
    MemorySegment message = arena.allocate(MSGHDR_SIZE, Long.BYTES);
    message.set(JAVA_LONG, IOV, iovec.address());
    message.set(JAVA_LONG, IOV_COUNT, 1);
    message.set(JAVA_LONG, CONTROL, numbers == 0 ? 0 : control.address());
    message.set(JAVA_LONG, CONTROL_LENGTH, numbers == 0 ? 0 : controlLength(numbers));
    return message;
  }
}
