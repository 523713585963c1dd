package gonet.examples.proxy;

import gonet.Conn;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One direction of a {@link Tunnel}: reads, writes, and holds one buffer in between. While the
 * receiver is slow nothing is read, so that the sender's kernel stops the sender.
 *
 * <p>Who does not read does not see a reset. That concerns a pump that waits for a slow receiver,
 * and one whose sender has ended its stream but still receives. Both look at the sender's state
 * once a second.
 */
final class Pump {

  /** Enough for a question; most connections never need more. */
  private static final int SMALLEST_BYTES = 4 * 1024;

  /** More costs memory and makes nothing faster. */
  private static final int LARGEST_BYTES = 64 * 1024;

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private final Conn from;
  private final Conn to;

  /** Set before the receiver is told of the end. */
  private volatile boolean ending;

  private final CountDownLatch ended = new CountDownLatch(1);

  Pump(Conn from, Conn to) {
    this.from = from;
    this.to = to;
  }

  /** Carries bytes until its own stream has ended and {@code opposite}'s too, or all is lost. */
  void run(Pump opposite) throws InterruptedException {
    boolean orderly = false;
    try {
      to.setWriteTimeout(LOOK_INTERVAL);
      copy(opposite);
      ending = true;
      to.closeWrite();
      ended.countDown();
      while (!opposite.ended.await(LOOK_INTERVAL.toSeconds(), TimeUnit.SECONDS)) {
        requireAlive(opposite);
      }
      orderly = true;
    } catch (IOException e) {
      // A reset, a peer that answers no more, or the opposite pump's abort: how most of them end.
    } finally {
      ended.countDown();
      if (!orderly) {
        // An orderly end would tell the other side that it has got everything.
        from.abort();
        to.abort();
      }
    }
  }

  private void copy(Pump opposite) throws IOException {
    byte[] buf = new byte[SMALLEST_BYTES];
    for (int n; (n = from.read(buf)) >= 0; ) {
      write(buf, n, opposite);
      if (n == buf.length && n < LARGEST_BYTES) {
        buf = new byte[Math.min(4 * n, LARGEST_BYTES)]; // a lot is under way
      }
    }
  }

  private void write(byte[] buf, int len, Pump opposite) throws IOException {
    for (int sent = 0; sent < len; ) {
      try {
        to.write(buf, sent, len - sent);
        return;
      } catch (NetTimeoutException e) {
        sent += (int) e.bytesTransferred();
        requireAlive(opposite);
      }
    }
  }

  /**
   * Fails if the sender's connection is gone. The state CLOSE is also where two orderly ends lead
   * to, but not before this side has sent its own.
   */
  private void requireAlive(Pump opposite) throws IOException {
    if (from instanceof TcpConn tcp && state(tcp) == TcpInfo.State.CLOSE && !opposite.ending) {
      throw new IOException(from.remoteAddr() + " is gone");
    }
  }

  private static TcpInfo.State state(TcpConn conn) throws IOException {
    try {
      return conn.info().state();
    } catch (UnsupportedOperationException e) {
      return TcpInfo.State.UNKNOWN; // the next read or write will tell
    }
  }
}
