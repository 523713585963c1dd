package gonet.internal.epoll;

import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SpliceCalls;

/** The two numbers of a pipe. */
record EpollPipe(int readEnd, int writeEnd) implements KernelPipe {
  /**
   * What is asked for, in bytes: 128 places, each of which takes a segment or part of one. With
   * half of it a proxy's bytes cost twice as much. The kernel gives an unprivileged user 128 such
   * pipes (pipe-user-pages-soft, pipe(7)); where it refuses, one of its default size does.
   */
  private static final int SIZE = 512 * 1024;

  static EpollPipe open() throws SyscallException {
    int[] ends = new int[2];
    int result = SpliceCalls.pipe(ends);
    if (result < 0) {
      throw new SyscallException("pipe2", -result);
    }
    try {
      var _ = SpliceCalls.resize(ends[0], SIZE);
      return new EpollPipe(ends[0], ends[1]);
    } catch (Throwable t) { // want of memory
      var _ = SocketCalls.close(ends[0]);
      var _ = SocketCalls.close(ends[1]);
      throw t;
    }
  }

  @Override
  public int read(byte[] buf, int off, int len) {
    return SpliceCalls.read(readEnd, buf, off, len);
  }

  @Override
  public void close() {
    try {
      var _ = SocketCalls.close(readEnd);
    } finally {
      var _ = SocketCalls.close(writeEnd);
    }
  }
}
