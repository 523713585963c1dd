package gonet;

import gonet.internal.poll.Splice;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries what one connection receives on to another, until the stream ends. Go's {@code io.Copy}
 * of two connections. {@code a.inputStream().transferTo(b.outputStream())} does the same; this
 * class is for those who want to go on after a timeout.
 *
 * <p>Where both are TCP connections or Unix streams, or layers over such that only count, as those
 * of a server do, a lot of bytes goes from socket to socket inside the kernel with the epoll
 * backend, by splice(2), without being copied. Small messages are copied, which is quicker for
 * them; and so is everything with the nio backend, over pipes and under other layers, a wire log
 * for instance, for connections of {@link Net#fileConn}, and while the kernel has no pipe to spare.
 * Nothing else depends on that.
 *
 * <p>It reads and writes as {@link Conn#read(byte[], int, int)} and {@link Conn#write(byte[], int,
 * int)} do, a part at a time: deadlines, timeouts, interrupts and close of either side have their
 * effects, and each failure names the operation and the connection that failed. Bytes, and a {@code
 * ServerConn}'s activity, count while they pass. At most some 512 KiB are on their way; while the
 * receiver is slow nothing is read. The end of the stream is not passed on, see {@link
 * Conn#closeWrite}.
 *
 * <p>One thread at a time; {@link #bytes} any.
 *
 * @since 0.1
 */
public final class Transfer extends Outflow {

  /** Enough for a question; most connections never need more. */
  private static final int SMALLEST_BYTES = 4 * 1024;

  /** From here on moving is cheaper than copying. */
  private static final int BULK_BYTES = 16 * 1024;

  /** More costs memory and makes nothing faster. */
  private static final int LARGEST_BYTES = 64 * 1024;

  /** What somebody has a say in who carries both directions. Called by the thread that runs. */
  interface Guard {
    /** Of the next read; null for none but the connection's own. */
    @Nullable TimeLimit read();

    /** Of the next write. */
    @Nullable TimeLimit write();

    /** Bytes have gone out. */
    void wentOut();
  }

  private static final class Unguarded implements Guard {
    static final Unguarded INSTANCE = new Unguarded();

    @Override
    public @Nullable TimeLimit read() {
      return null;
    }

    @Override
    public @Nullable TimeLimit write() {
      return null;
    }

    @Override
    public void wentOut() {}
  }

  private final Conn from;
  private final Guard guard;
  private final Way source;

  // The thread that runs has these.

  private byte[] buf = {};

  /** The last part was so large that the next one is spliced. */
  private boolean bulk;

  private Transfer(Conn from, Conn to, Guard guard) {
    super(to);
    this.from = from;
    this.guard = guard;
    this.source = Way.of(from);
  }

  /** From what {@code from} receives to what {@code to} sends; they may be the same. */
  public static Transfer between(Conn from, Conn to) {
    return new Transfer(
        Objects.requireNonNull(from, "from"), Objects.requireNonNull(to, "to"), Unguarded.INSTANCE);
  }

  static Transfer guarded(Conn from, Conn to, Guard guard) {
    return new Transfer(from, to, guard);
  }

  /**
   * Carries bytes until the end of the stream.
   *
   * <p>After a {@link NetTimeoutException} or a {@link NetInterruptedException}, of either side,
   * nothing is lost: the next call goes on where this one stopped. After any other failure of a
   * write, what had been read and not written is lost. The bytes in a failure are those of the one
   * write that failed.
   *
   * @return the bytes that were written, by all calls together
   * @throws IOException what a read of one or a write of the other throws
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
  @Nullable TimeLimit writeLimit() {
    return guard.write();
  }

  @Override
  void wentOut() {
    guard.wentOut();
  }

  @Override
  boolean part() throws IOException {
    return bulk ? splice() : copy();
  }

  private boolean copy() throws IOException {
    if (buf.length == 0) {
      buf = new byte[SMALLEST_BYTES];
    }
    int n = from.read(buf, 0, buf.length, guard.read());
    if (n < 0) {
      return false;
    }
    write(buf, n);
    if (n == buf.length) { // a lot is under way
      bulk = n >= BULK_BYTES;
      grow(bulk ? n : 4 * n);
    }
    return true;
  }

  private void grow(int size) {
    if (buf.length < size) {
      buf = new byte[size];
    }
  }

  /** Leaves the bytes in the kernel. */
  private boolean splice() throws IOException {
    Splice through = Way.possible(source, sink) ? through() : null;
    int n = through == null ? Splice.COPY : source.socket().fill(through, guard.read());
    if (through == null || n == Splice.COPY) {
      bulk = false;
      grow(LARGEST_BYTES);
      return copy();
    }
    source.countRead(n);
    if (n < 0) {
      return false;
    }
    bulk = n >= BULK_BYTES;
    drain(through);
    return true;
  }
}
