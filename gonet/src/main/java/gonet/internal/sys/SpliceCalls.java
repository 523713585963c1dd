package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Pipes, and bytes that go through them without being copied. Results are a count, zero, or a
 * negated errno.
 *
 * <p>splice(2) is a plain call: a socket's half of it waits unless the open file description has
 * O_NONBLOCK. And it raises SIGPIPE where send(2) can be told not to; the JVM ignores that signal,
 * because its own sockets raise it as well.
 */
public final class SpliceCalls {
  private SpliceCalls() {}

  /** pipe2(2) with O_NONBLOCK and O_CLOEXEC: the reading end, then the writing one. */
  public static int pipe(int[] ends) {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      int flags = Linux.O_NONBLOCK | Linux.O_CLOEXEC;
      int result = Libc.pipe2(scratch, scratch.address(Scratch.VALUE), flags);
      if (result >= 0) {
        ends[0] = scratch.memory.get(JAVA_INT, Scratch.VALUE);
        ends[1] = scratch.memory.get(JAVA_INT, Scratch.VALUE + Integer.BYTES);
      }
      return result;
    } finally {
      scratch.release();
    }
  }

  /** fcntl(2), F_SETPIPE_SZ, in bytes: the size that the kernel chose, at least this. */
  public static int resize(int fd, int bytes) {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      return Libc.fcntl(scratch, fd, Linux.F_SETPIPE_SZ, bytes);
    } finally {
      scratch.release();
    }
  }

  /** fcntl(2), F_GETPIPE_SZ, in bytes. */
  public static int size(int fd) {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      return Libc.fcntl(scratch, fd, Linux.F_GETPIPE_SZ, 0);
    } finally {
      scratch.release();
    }
  }

  /** splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK; one of the two is a pipe. */
  public static int splice(int in, int out, int len) {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      int flags = Linux.SPLICE_F_MOVE | Linux.SPLICE_F_NONBLOCK;
      return Libc.splice(scratch, in, out, len, flags);
    } finally {
      scratch.release();
    }
  }

  /** read(2) of a pipe that is non-blocking whatever others do. */
  public static int read(int fd, byte[] buf, int off, int len) {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    int[] errno = new int[1];
    int asked = Math.min(len, Transfer.MAX_RECEIVE);
    MemorySegment part = MemorySegment.ofBuffer(ByteBuffer.wrap(buf, off, asked));
    FirstCalls.ofTheRest();
    int n = Libc.readPipe(fd, part, asked, MemorySegment.ofArray(errno));
    return n >= 0 ? n : -errno[0];
  }
}
