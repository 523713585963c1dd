package gonet.live;

import gonet.Conn;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection under a {@link MinRate}.
 *
 * <p>A write beneath ends when the time is over, and tells how far it got: enough, and the rest
 * follows. So a write may take several calls, and others wait for their turn meanwhile.
 */
final class MinRateConn extends GuardedReads {
  private final MinRate rate;

  // The present stretch of reading. Guarded by the monitor of this object.
  private long waitedNanos;
  private long gotBytes;

  MinRateConn(Conn conn, MinRate rate) {
    super(conn);
    this.rate = rate;
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public synchronized TimeLimit nextMoment() throws IOException {
    requireRate();
    return TimeLimit.after(Duration.ofNanos(rate.perNanos() - waitedNanos));
  }

  @Override
  public synchronized void momentCame(int bytes, long before) throws IOException {
    requireRate();
  }

  /** Ends the stretch by a failure if it is over. */
  private void requireRate() throws StalledException {
    if (waitedNanos >= rate.perNanos()) {
      long got = gotBytes;
      waitedNanos = 0;
      gotBytes = 0;
      throw new StalledException("read", this, got, rate, 0);
    }
  }

  @Override
  public synchronized void done(int bytes, long nanos) {
    waitedNanos += nanos;
    gotBytes += bytes;
    if (bytes < 0 || gotBytes >= rate.bytes()) {
      waitedNanos = 0;
      gotBytes = 0;
    }
  }

  @Override
  public synchronized void waited(long nanos) {
    waitedNanos += nanos;
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    write(
        "write",
        len,
        limit,
        (sent, bound) -> beneath().write(buf, off + (int) sent, len - (int) sent, bound));
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    int size = src.remaining(); // its position knows what is left
    write("write", size, limit, (sent, bound) -> beneath().write(src, bound));
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    long size = 0;
    for (ByteBuffer src : srcs) {
      size += src.remaining();
    }
    write("writev", size, limit, (sent, bound) -> beneath().write(srcs, bound));
  }

  /** Writes what is left, after {@code sent} bytes have gone. */
  @FunctionalInterface
  private interface Writing {
    void write(long sent, @Nullable TimeLimit limit) throws IOException;
  }

  private void write(String op, long size, @Nullable TimeLimit limit, Writing writing)
      throws IOException {
    if (size == 0) {
      writing.write(0, limit); // nothing to wait for
      return;
    }
    TimeLimit bound = writeLimit(limit); // waiting for one's turn counts
    try {
      beginWrite(op, bound);
    } catch (IOException e) {
      throw failure(op, e, 0, limit);
    }
    try {
      var _ =
          Guarded.run(
              op,
              this,
              new Stretch(op),
              null,
              bound,
              (sent, part) -> {
                writing.write(sent, part);
                return 0;
              });
    } catch (NetTimeoutException e) {
      throw failure(op, e, e.bytesTransferred(), limit);
    } finally {
      endWrite();
    }
  }

  @Override
  public void closeWrite() throws IOException {
    beginCloseWrite();
    try {
      beneath().closeWrite();
    } finally {
      endWrite();
    }
  }

  /** Of one write: each stretch has to move enough. */
  private final class Stretch implements Guarded.Guard {
    private final String op;

    Stretch(String op) {
      this.op = op;
    }

    @Override
    public TimeLimit nextMoment() {
      return TimeLimit.after(Duration.ofNanos(rate.perNanos()));
    }

    @Override
    public void momentCame(int bytes, long before) throws IOException {
      if (bytes < rate.bytes()) {
        throw new StalledException(op, MinRateConn.this, bytes, rate, before + bytes);
      }
    }

    @Override
    public void done(int bytes, long nanos) {}

    @Override
    public void waited(long nanos) {}
  }
}
