package gonet;

import gonet.internal.netpoll.Netpoll;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Two lists of addresses against each other: the primaries first, the fallbacks after a delay or as
 * soon as the primaries have failed. The first connection wins, and what the other side may still
 * bring home is closed. Go: {@code sysDialer.dialParallel}; RFC 8305.
 *
 * <p>The caller's own thread dials the primaries. A virtual thread, the second, sleeps for the
 * delay and then dials the fallbacks. Who dials them is settled once, under the lock:
 *
 * <pre>
 *   NOBODY ---- the delay is over: the second thread -----> SECOND ---> fallbackDone
 *      |
 *      +------- the primaries have failed: the caller ----> CALLER
 * </pre>
 *
 * <p>So nothing depends on the second thread: where it is not started for want of memory, or not
 * run because the caller is pinned to the last carrier, the caller dials one list after the other.
 * (What remains is a second thread that has begun and then loses the last carrier to other pinned
 * threads. The caller waits for it, until one of those moves on or its own time is up.)
 *
 * <p>The winner is settled under the same lock. The loser's wait ends at once: the second thread is
 * gonet's and is interrupted; the caller's descriptor gets a deadline in the past, see {@link
 * Attempt}. Both happen behind the winner's entry, so whoever is stopped like that finds it.
 *
 * <p>One use. Fields below {@link #lock} are guarded by it; it is never held while a connection is
 * made or closed.
 */
final class DialRace {
  private enum Dialler {
    NOBODY,
    SECOND,
    CALLER
  }

  /** Behind the end of the time, for the second thread to come and say so by itself. */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final DialSerial serial;
  private final long fallbackDelayNanos;
  private final ThreadFactory threads;
  private final Attempt primary = new Attempt();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private Dialler ofFallbacks = Dialler.NOBODY;
  private @Nullable TcpConn winner;
  private @Nullable Throwable fallbackFailure;

  /** The second thread has done what it began. */
  private boolean fallbackDone;

  /** The caller has gone: the second thread closes what it has got. */
  private boolean over;

  DialRace(DialSerial serial, long fallbackDelayNanos) {
    this(
        serial,
        fallbackDelayNanos,
        body -> Netpoll.threads().inheritInheritableThreadLocals(false).unstarted(body));
  }

  DialRace(DialSerial serial, long fallbackDelayNanos, ThreadFactory threads) {
    this.serial = serial;
    this.fallbackDelayNanos = fallbackDelayNanos;
    this.threads = threads;
  }

  // ---- the caller ------------------------------------------------------------------------------

  TcpConn dial(List<TcpAddr> primaries, List<TcpAddr> fallbacks) throws IOException {
    Thread second = null;
    try {
      second = startSecond(fallbacks);
      TcpConn conn;
      try {
        conn = serial.dial(primaries, primary);
      } catch (IOException e) {
        return withoutPrimaries(e, fallbacks);
      }
      return first(conn, primaries.getFirst());
    } finally {
      end();
      if (second != null) {
        second.interrupt();
      }
    }
  }

  /** Null if there is no second thread, so that the fallbacks come behind the primaries. */
  private @Nullable Thread startSecond(List<TcpAddr> fallbacks) {
    try {
      Thread second = threads.newThread(() -> race(fallbacks));
      second.setName("gonet-dial " + fallbacks.getFirst());
      second.start();
      return second;
    } catch (OutOfMemoryError | RuntimeException e) { // a scheduler may reject its task
      return null;
    }
  }

  /** The caller has a connection; the second thread may have been quicker. */
  private TcpConn first(TcpConn conn, TcpAddr tried) throws IOException {
    TcpConn other;
    lock.lock();
    try {
      other = winner;
      if (other == null) {
        over = true;
      }
    } finally {
      lock.unlock();
    }
    if (other == null && !Thread.currentThread().isInterrupted()) {
      return conn;
    }
    conn.close();
    return takeWinner(tried);
  }

  /** The primaries have failed, or have been stopped because the second thread has won. */
  private TcpConn withoutPrimaries(IOException failure, List<TcpAddr> fallbacks)
      throws IOException {
    boolean mine = false;
    boolean won;
    lock.lock();
    try {
      won = winner != null;
      if (!won && !(failure instanceof NetInterruptedException)) {
        mine = ofFallbacks == Dialler.NOBODY;
        if (mine) {
          ofFallbacks = Dialler.CALLER;
        } else {
          won = awaitSecond();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      NetInterruptedException canceled = canceled(fallbacks.getFirst());
      canceled.addSuppressed(failure);
      throw canceled;
    } finally {
      lock.unlock();
    }
    if (won) {
      return takeWinner(fallbacks.getFirst());
    }
    if (!mine) {
      throw bothFailed(failure, fallbackFailure());
    }
    try {
      return serial.dial(fallbacks);
    } catch (Throwable t) {
      throw bothFailed(failure, t);
    }
  }

  /**
   * The primaries' failure, as in Go, with the fallbacks' in it. The other way round where the
   * fallbacks' must not be hidden: an interrupt of the caller, and what is no I/O failure, which a
   * control hook or the JVM has thrown, and which ends a dial as it is.
   */
  @SuppressWarnings("ReferenceEquality") // a hook may throw one exception twice
  private static IOException bothFailed(IOException primary, @Nullable Throwable fallback) {
    if (fallback == null || fallback == primary) {
      return primary;
    }
    if (fallback instanceof IOException && !(fallback instanceof NetInterruptedException)) {
      primary.addSuppressed(fallback);
      return primary;
    }
    fallback.addSuppressed(primary);
    throw DialRace.<RuntimeException>undeclared(fallback);
  }

  /** Whatever it is: nobody has to declare it, and the compiler need not know. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException undeclared(Throwable failure) throws T {
    throw (T) failure;
  }

  /**
   * Waits for the second thread, which has begun; with the lock held.
   *
   * @return whether it has won
   */
  private boolean awaitSecond() throws InterruptedException {
    while (winner == null && !fallbackDone) {
      if (serial.limit() == Clock.NONE) {
        news.await();
      } else {
        long left = serial.limit() - Clock.now();
        if (left <= -GRACE_NANOS) {
          break; // it has no carrier to find that out by itself
        }
        news.awaitNanos(Math.max(left, left + GRACE_NANOS)); // the sum may overflow
      }
    }
    return winner != null;
  }

  private TcpConn takeWinner(TcpAddr tried) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw canceled(tried); // end() closes the winner, if there is one
    }
    lock.lock();
    try {
      TcpConn conn = Objects.requireNonNull(winner);
      winner = null;
      over = true;
      return conn;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Throwable fallbackFailure() {
    lock.lock();
    try {
      return fallbackFailure;
    } finally {
      lock.unlock();
    }
  }

  private NetInterruptedException canceled(TcpAddr tried) {
    return OpErrors.canceled(new Op(Op.DIAL, serial.network(), serial.localAddr(), tried), 0);
  }

  /** The caller leaves: nobody takes a connection any more, not even one that stands already. */
  private void end() {
    TcpConn untaken;
    lock.lock();
    try {
      over = true;
      untaken = winner;
      winner = null;
      news.signalAll();
    } finally {
      lock.unlock();
    }
    if (untaken != null) {
      untaken.close();
    }
  }

  // ---- the second thread -----------------------------------------------------------------------

  private void race(List<TcpAddr> fallbacks) {
    if (!awaitTurn()) {
      return;
    }
    TcpConn conn = null;
    Throwable failure = null;
    try {
      conn = serial.dial(fallbacks);
    } catch (Throwable t) { // a control hook may throw anything, in Kotlin also undeclared
      failure = t;
    }
    boolean won = false;
    lock.lock();
    try {
      if (conn != null && winner == null && !over) {
        winner = conn;
        won = true;
      }
      fallbackFailure = failure;
      fallbackDone = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
    if (won) {
      primary.end();
    } else if (conn != null) {
      conn.close();
    }
  }

  /** False if the fallbacks are the caller's, or nobody's any more. */
  private boolean awaitTurn() {
    lock.lock();
    try {
      long left = fallbackDelayNanos;
      while (!over && ofFallbacks == Dialler.NOBODY && left > 0) {
        left = news.awaitNanos(left);
      }
      if (over || ofFallbacks == Dialler.CALLER) {
        return false;
      }
      ofFallbacks = Dialler.SECOND;
      return true;
    } catch (InterruptedException e) {
      return false; // the caller has gone
    } finally {
      lock.unlock();
    }
  }
}
