package gonet;

import gonet.internal.poll.Splice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
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
public final class FileTransfer {
  /** Up to here a copy is cheaper. */
  private static final int SMALL_BYTES = 16 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final FileChannel file;
  private final Conn to;
  private final Way sink;

  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicLong bytes = new AtomicLong();
  private final LongConsumer progress = new Progress(this);

  // The thread that runs has these.

  /** Of the file, where the next part begins. */
  private long position;

  /** How much of the file is wanted from there on. */
  private long left;

  /** What was read and has not been written when a write ended early; null for nothing. */
  private @Nullable ByteBuffer rest;

  private @Nullable ByteBuffer buf;

  private @Nullable Splice splice;

  /** A write has failed for good, and what was on its way with it. */
  private boolean lost;

  private FileTransfer(FileChannel file, long position, long count, Conn to) {
    this.file = file;
    this.position = position;
    this.left = count;
    this.to = to;
    this.sink = Way.of(to);
  }

  private record Progress(FileTransfer transfer) implements LongConsumer {
    @Override
    public void accept(long bytes) {
      transfer.bytes.addAndGet(bytes);
      transfer.sink.countWritten(bytes);
    }
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
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException("another thread runs this transfer");
    }
    try {
      if (lost) {
        throw new IllegalStateException("a write of this transfer has failed");
      }
      writeRest();
      while (left > 0 && part()) {
        // Each is one read and one write.
      }
      return bytes.get();
    } finally {
      running.set(false);
    }
  }

  /** The bytes written so far. */
  public long bytes() {
    return bytes.get();
  }

  /** False at the end of the file. */
  private boolean part() throws IOException {
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

  private void drain(Splice through) throws IOException {
    boolean goesOn = false;
    try {
      sink.socket().drain(through, null, progress);
      goesOn = true;
    } catch (InterruptedIOException e) { // a timeout is one
      rest = ByteBuffer.wrap(through.salvage());
      goesOn = true;
      throw e;
    } finally {
      if (!goesOn) {
        lost = true;
        through.discard();
      }
    }
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
    rest = into.flip();
    writeRest();
    return true;
  }

  private void writeRest() throws IOException {
    ByteBuffer waiting = rest;
    if (waiting == null) {
      return;
    }
    int before = waiting.remaining();
    boolean goesOn = false;
    try {
      to.write(waiting);
      rest = null;
      goesOn = true;
    } catch (InterruptedIOException e) {
      goesOn = true;
      throw e;
    } finally {
      bytes.addAndGet(before - waiting.remaining());
      lost = !goesOn;
    }
  }

  private Splice through() throws IOException {
    Splice made = splice;
    if (made == null) {
      made = new Splice(Netpolls.get(Op.of(Op.WRITE, to)).pipes());
      splice = made;
    }
    return made;
  }
}
