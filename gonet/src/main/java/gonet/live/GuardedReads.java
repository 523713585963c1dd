package gonet.live;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection that wakes up from its reads at moments of its own, without the caller noticing. The
 * caller's timeout is kept here, because the one of the connection beneath serves for that.
 *
 * <p>Any thread may call any method. Readers that wait at the same time share the timeout beneath,
 * so that one may wake up for another's moment; it then goes back to wait.
 */
abstract class GuardedReads extends ForwardingConn {

  /** What is asked of the connection beneath. */
  @FunctionalInterface
  interface Reading {
    int read(Conn conn) throws IOException;
  }

  /** The caller's, in nanoseconds, 0 for none. */
  private volatile long readTimeout;

  /** The caller's, a moment of the clock. The connection beneath has it as well. */
  private volatile long readDeadline = Clock.NONE;

  /** The timeout of the connection beneath, 0 for none. Racy: setting it once too often is fine. */
  private volatile long armed;

  GuardedReads(Conn conn) {
    super(conn);
  }

  /**
   * When to wake up next, asked before each wait.
   *
   * @return a moment, or {@link Clock#NONE}
   */
  abstract long nextMoment(long now) throws IOException;

  /** The moment has come and nothing was read. May throw, to end the read. */
  abstract void momentCame(long now) throws IOException;

  /** The connection beneath waited {@code nanos} at most, and gave {@code bytes}; −1 at the end. */
  abstract void arrived(int bytes, long nanos);

  /** The connection beneath waited so long in vain. */
  abstract void waited(long nanos);

  /** Reads, waking up at the moments of the subclass. */
  final int guarded(Reading reading) throws IOException {
    return read(reading, true);
  }

  /** Reads under the caller's limits alone. */
  final int unguarded(Reading reading) throws IOException {
    return read(reading, false);
  }

  private int read(Reading reading, boolean guarded) throws IOException {
    long timeout = readTimeout;
    long begin = Clock.now();
    long callLimit = timeout == 0 ? Clock.NONE : begin + Math.min(timeout, Long.MAX_VALUE - begin);
    for (; ; ) {
      long moment = guarded ? nextMoment(begin) : Clock.NONE;
      arm(Clock.earlier(callLimit, moment), begin);
      try {
        int n = reading.read(beneath());
        if (guarded) {
          arrived(n, Clock.now() - begin);
        }
        return n;
      } catch (SocketTimeoutException e) {
        long now = Clock.now();
        if (guarded) {
          waited(now - begin);
        }
        if (isOver(readDeadline, now) || isOver(callLimit, now)) {
          throw e;
        }
        if (isOver(moment, now)) {
          momentCame(now);
        }
        begin = now;
      }
    }
  }

  static boolean isOver(long moment, long now) {
    return moment != Clock.NONE && moment <= now;
  }

  private void arm(long limit, long now) throws IOException {
    long nanos = limit == Clock.NONE ? 0 : Math.max(1, limit - now);
    if (nanos != armed) {
      armed = nanos;
      try {
        beneath().setReadTimeout(nanos == 0 ? null : Duration.ofNanos(nanos));
      } catch (ClosedChannelException e) {
        // The read that follows says so, as a read.
      }
    }
  }

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    return len == 0 ? beneath().read(buf, off, 0) : guarded(c -> c.read(buf, off, len));
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return dst.hasRemaining() ? guarded(c -> c.read(dst)) : beneath().read(dst);
  }

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    beneath().setReadDeadline(when);
    readDeadline = Durations.moment(when);
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "read timeout");
    if (beneath().isClosed()) {
      beneath().setReadTimeout(each); // says so
    }
    readTimeout = nanos;
  }
}
