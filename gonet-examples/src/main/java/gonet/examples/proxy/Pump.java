package gonet.examples.proxy;

import gonet.Conn;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpInfo;
import gonet.Transfer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One direction of a {@link Tunnel}: a {@link Transfer}, so that a lot of bytes does not even pass
 * through this program. While the receiver is slow nothing is read, so that the sender's kernel
 * stops the sender.
 *
 * <p>Who does not read does not see a reset. That concerns a pump that waits for a slow receiver,
 * and one whose sender has ended its stream but still receives. Both look at the sender's state
 * once a second.
 */
final class Pump {

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
      carry(opposite);
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

  private void carry(Pump opposite) throws IOException {
    Transfer transfer = Transfer.between(from, to);
    for (; ; ) {
      try {
        transfer.run();
        return;
      } catch (NetTimeoutException e) {
        if (!e.op().equals("write")) {
          throw e; // a reader's timeout is the caller's business
        }
        requireAlive(opposite); // and then on from where it stopped
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
