package gonet;

import gonet.internal.poll.Splice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file over a connection. Go's {@code io.Copy} of a file to a connection, and
 * {@code sendfile}.
 *
 * {@snippet :
 * try (FileChannel file = FileChannel.open(path)) {
 *   FileTransfer.of(file, 0, file.size(), conn).run();
 * }
 * }
 *
 * <p>To a TCP connection or a Unix stream, or layers over such that only count, the bytes go inside
 * the kernel with the epoll backend, by sendfile(2) and splice(2), without being copied; who
 * changes the file meanwhile may change what is sent. Small files, and everything where the file
 * system, the kernel or a layer refuses that, go through a buffer of 64 KiB. Nothing else depends
 * on it.
 *
 * <p>It writes as {@link Conn#write(byte[], int, int)} does, a part at a time: deadlines, timeouts,
 * interrupts and a close have their effects. The file is read with positions of its own, so that
 * the channel's does not move and several transfers may read one channel. Reading waits for the
 * disk, and holds the thread's carrier meanwhile, as every read of a file does. A thread that is
 * interrupted while it reads loses the channel: {@link
 * java.nio.channels.ClosedByInterruptException}. One that is interrupted before does not: {@link
 * NetInterruptedException}.
 *
 * <p>One thread at a time; {@link #bytes} any.
 *
 * @since 0.1
 */
public final class FileTransfer extends Outflow {
  /** Up to here a copy is cheaper. */
  private static final int SMALL_BYTES = 16 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final FileChannel file;

  // The thread that runs has these.

  /** Of the file, where the next part begins. */
  private long position;

  /** How much of the file is wanted from there on. */
  private long left;

  private @Nullable ByteBuffer buf;

  private FileTransfer(FileChannel file, long position, long count, Conn to) {
    super(to);
    this.file = file;
    this.position = position;
    this.left = count;
  }

  /**
   * Of {@code count} bytes from {@code position} on, or fewer if the file ends before.
   *
   * @param file open for reading, and the caller's to close
   * @throws IllegalArgumentException if one of the two is negative
   */
  public static FileTransfer of(FileChannel file, long position, long count, Conn to) {
    if (position < 0) {
      throw new IllegalArgumentException("position is " + position + ", below 0");
    }
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + " bytes, below 0");
    }
    return new FileTransfer(
        Objects.requireNonNull(file, "file"), position, count, Objects.requireNonNull(to, "to"));
  }

  /**
   * Sends all of it.
   *
   * <p>After a {@link NetTimeoutException} or a {@link NetInterruptedException} nothing is lost:
   * the next call goes on where this one stopped. After any other failure of a write, part of what
   * was on its way is.
   *
   * @return the bytes that were written, by all calls together: fewer than wanted if the file is
   *     shorter
   * @throws IOException what a write throws, or the file's channel
   * @throws java.nio.channels.NonReadableChannelException if it is not open for reading
   * @throws IllegalStateException if another thread is in this call, or a write has failed for good
   */
  public long run() throws IOException {
    return runToTheEnd();
  }

  /** The bytes written so far. */
  public long bytes() {
    return written();
  }

  @Override
  boolean part() throws IOException {
    if (left == 0) {
      return false;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw OpErrors.canceled(Op.of(Op.WRITE, to), 0); // the channel would be closed
    }
    Splice through = left > SMALL_BYTES && sink.takesFiles() ? through() : null;
    int n = through == null ? Splice.COPY : through.fill(file, position, left);
    if (through == null || n == Splice.COPY) {
      return copy();
    }
    if (n < 0) {
      return false;
    }
    advance(n);
    drain(through);
    return true;
  }

  private void advance(int read) {
    position += read;
    left -= read;
  }

  private boolean copy() throws IOException {
    ByteBuffer into = buf;
    if (into == null) {
      into = ByteBuffer.allocate((int) Math.min(left, BUFFER_BYTES));
      buf = into;
    }
    into.clear().limit((int) Math.min(left, into.capacity()));
    int n = file.read(into, position);
    if (n <= 0) {
      return false;
    }
    advance(n);
    write(into.flip());
    return true;
  }
}
