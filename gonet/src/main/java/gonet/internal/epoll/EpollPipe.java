package gonet.internal.epoll;

import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SpliceCalls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The two numbers of a pipe.
 *
 * <p><b>Files.</b> The JDK does not tell the number of a {@link FileChannel}; but it moves bytes
 * from one channel of a file to another by sendfile(2), and to open a pipe's end again, by its name
 * in /proc, gives such a channel. It blocks, unlike the pipe's own ends. That does not matter: the
 * pipe is empty, and is given no more than it has room for.
 */
final class EpollPipe implements KernelPipe {
  /**
   * What is asked for, in bytes: 128 places, each of which takes a segment or part of one. With
   * half of it a proxy's bytes cost twice as much. The kernel gives an unprivileged user 128 such
   * pipes (pipe-user-pages-soft, pipe(7)); where it refuses, one of its default size does.
   */
  private static final int SIZE = 512 * 1024;

  private static final int PAGE = 4096;

  private final int readEnd;
  private final int writeEnd;

  /** In bytes, of whole pages. */
  private final int size;

  /** The writing end once more; null until a file is to be sent. */
  private @Nullable FileChannel files;

  /** There is no /proc. */
  private boolean noFiles;

  private EpollPipe(int readEnd, int writeEnd, int size) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.size = size;
  }

  static EpollPipe open() throws SyscallException {
    int[] ends = new int[2];
    int result = SpliceCalls.pipe(ends);
    if (result < 0) {
      throw new SyscallException("pipe2", -result);
    }
    try {
      int size = SpliceCalls.resize(ends[0], SIZE);
      return new EpollPipe(ends[0], ends[1], size > 0 ? size : SpliceCalls.size(ends[0]));
    } catch (Throwable t) { // want of memory
      var _ = SocketCalls.close(ends[0]);
      var _ = SocketCalls.close(ends[1]);
      throw t;
    }
  }

  int readEnd() {
    return readEnd;
  }

  int writeEnd() {
    return writeEnd;
  }

  @Override
  public boolean takesFiles() {
    if (files == null && !noFiles) {
      try {
        Path end = Path.of("/proc/self/fd/" + writeEnd);
        files = FileChannel.open(end, StandardOpenOption.WRITE);
      } catch (IOException e) {
        noFiles = true;
      }
    }
    return files != null;
  }

  @Override
  public int fill(FileChannel file, long position, int max) throws IOException {
    if (!takesFiles()) {
      throw new IllegalStateException("no files");
    }
    // A part of a page takes a place of its own, at the beginning and at the end.
    int room = Math.max(size - 2 * PAGE, PAGE);
    return (int) file.transferTo(position, Math.min(max, room), files);
  }

  @Override
  public int read(byte[] buf, int off, int len) {
    return SpliceCalls.read(readEnd, buf, off, len);
  }

  @Override
  public void close() {
    FileChannel opened = files;
    try {
      if (opened != null) {
        opened.close();
      }
    } catch (IOException e) {
      // The number is gone either way: close(2).
    } finally {
      closeEnds();
    }
  }

  private void closeEnds() {
    try {
      var _ = SocketCalls.close(readEnd);
    } finally {
      var _ = SocketCalls.close(writeEnd);
    }
  }
}
