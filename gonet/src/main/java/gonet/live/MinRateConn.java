package gonet.live;

import gonet.Conn;
import gonet.NetFailure;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection under a {@link MinRate}.
 *
 * <p>A write beneath ends with a timeout when the time is over, and tells how far it got: enough,
 * and the rest follows. So a write may take several calls, and a lock keeps others out meanwhile.
 */
final class MinRateConn extends GuardedReads {

  /** A writer that waits for its turn looks so often whether its deadline was moved. */
  private static final long SLICE_NANOS = 20_000_000;

  private final MinRate rate;

  // The present stretch of reading. Guarded by the monitor of this object.
  private long waitedNanos;
  private long gotBytes;

  private final ReentrantLock turn = new ReentrantLock();

  /** The caller's, in nanoseconds, 0 for none. */
  private volatile long writeTimeout;

  /** The caller's, a moment of the clock. The connection beneath has it as well. */
  private volatile long writeDeadline = Clock.NONE;

  MinRateConn(Conn conn, MinRate rate) {
    super(conn);
    this.rate = rate;
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  synchronized long nextMoment(long now) throws IOException {
    long left = rate.perNanos() - waitedNanos;
    if (left <= 0) {
      throw stalledReader();
    }
    return now + Math.min(left, Long.MAX_VALUE - now);
  }

  @Override
  synchronized void momentCame(long now) throws IOException {
    if (waitedNanos >= rate.perNanos()) {
      throw stalledReader();
    }
  }

  private StalledException stalledReader() {
    long got = gotBytes;
    waitedNanos = 0;
    gotBytes = 0;
    return new StalledException("read", this, got, rate, 0);
  }

  @Override
  synchronized void arrived(int bytes, long nanos) {
    waitedNanos += nanos;
    gotBytes += bytes;
    if (bytes < 0 || gotBytes >= rate.bytes()) {
      waitedNanos = 0;
      gotBytes = 0;
    }
  }

  @Override
  synchronized void waited(long nanos) {
    waitedNanos += nanos;
  }

  /** The caller's limits alone. */
  @Override
  public void awaitReadable() throws IOException {
    var _ =
        unguarded(
            c -> {
              c.awaitReadable();
              return 0;
            });
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Writes what is left, after {@code sent} bytes have gone. */
  @FunctionalInterface
  private interface Writing {
    void write(long sent) throws IOException;
  }

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    guarded("write", sent -> beneath().write(buf, off + (int) sent, len - (int) sent));
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    guarded("write", sent -> beneath().write(src)); // its position knows
  }

  @Override
  public void write(ByteBuffer... srcs) throws IOException {
    guarded("writev", sent -> beneath().write(srcs));
  }

  @Override
  public void closeWrite() throws IOException {
    lock("close", Clock.NONE, false);
    try {
      beneath().closeWrite();
    } finally {
      turn.unlock();
    }
  }

  private void guarded(String name, Writing writing) throws IOException {
    long timeout = writeTimeout;
    long callLimit = timeout == 0 ? Clock.NONE : Clock.after(timeout);
    lock(name, callLimit, true);
    long sent = 0;
    try {
      for (; ; ) {
        long now = Clock.now();
        long moment = Clock.after(rate.perNanos());
        long limit = Clock.earlier(moment, callLimit);
        arm(limit - now);
        try {
          writing.write(sent);
          return;
        } catch (SocketTimeoutException e) {
          sent += e.bytesTransferred;
          now = Clock.now();
          if (isOver(writeDeadline, now) || isOver(callLimit, now)) {
            throw NetFailure.timeout(name, this, sent);
          }
          if (isOver(moment, now) && e.bytesTransferred < rate.bytes()) {
            throw new StalledException(name, this, e.bytesTransferred, rate, sent);
          }
        } catch (IOException e) {
          throw sent == 0 ? e : NetFailure.withBytesTransferred(e, sent + transferred(e));
        }
      }
    } finally {
      turn.unlock();
    }
  }

  private static long transferred(IOException e) {
    return e instanceof NetFailure net ? net.bytesTransferred() : 0;
  }

  private void arm(long nanos) throws IOException {
    try {
      beneath().setWriteTimeout(Duration.ofNanos(Math.max(1, nanos)));
    } catch (ClosedChannelException e) {
      // The write that follows says so, as a write.
    }
  }

  /** A writer's turn, under the caller's limits. */
  private void lock(String name, long callLimit, boolean underDeadline) throws IOException {
    if (turn.tryLock()) {
      return;
    }
    try {
      for (; ; ) {
        long now = Clock.now();
        if ((underDeadline && isOver(writeDeadline, now)) || isOver(callLimit, now)) {
          throw NetFailure.timeout(name, this, 0);
        }
        long slice = callLimit == Clock.NONE ? SLICE_NANOS : Math.min(SLICE_NANOS, callLimit - now);
        if (turn.tryLock(slice, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NetFailure.interrupted(name, this, 0);
    }
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    beneath().setWriteDeadline(when);
    writeDeadline = Durations.moment(when);
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "write timeout");
    if (beneath().isClosed()) {
      beneath().setWriteTimeout(each); // says so
    }
    writeTimeout = nanos;
  }
}
