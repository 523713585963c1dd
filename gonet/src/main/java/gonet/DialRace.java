package gonet;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Two lists of addresses against each other: the primaries first, the fallbacks after a delay or as
 * soon as the primaries have failed. The first connection wins, the other racer is interrupted, and
 * what it may still bring home is closed. Go: {@code sysDialer.dialParallel}; RFC 8305.
 *
 * <p>Racers are platform threads: the caller may be pinned to the last carrier, and has to wait.
 *
 * <p>One use. All fields are guarded by {@link #lock}.
 */
final class DialRace {
  private final DialSerial serial;
  private final long fallbackDelayNanos;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private @Nullable TcpConn winner;
  private @Nullable Throwable primaryFailure;
  private @Nullable Throwable fallbackFailure;

  /** The caller has gone: a racer closes what it has got. */
  private boolean over;

  DialRace(DialSerial serial, long fallbackDelayNanos) {
    this.serial = serial;
    this.fallbackDelayNanos = fallbackDelayNanos;
  }

  TcpConn dial(List<TcpAddr> primaries, List<TcpAddr> fallbacks) throws IOException {
    Thread primary = racer(primaries, true);
    Thread fallback = null;
    try {
      primary.start();
      if (awaitPrimaryAlone()) {
        fallback = racer(fallbacks, false);
        fallback.start();
      }
      return outcome(fallback != null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      TcpAddr tried = primaries.getFirst();
      throw OpErrors.canceled(new Op(Op.DIAL, serial.network(), serial.localAddr(), tried), 0);
    } finally {
      end();
      primary.interrupt();
      if (fallback != null) {
        fallback.interrupt();
      }
    }
  }

  /** True when the fallbacks shall join: the delay is over, or the primaries have failed. */
  private boolean awaitPrimaryAlone() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = fallbackDelayNanos;
      while (winner == null && primaryFailure == null && left > 0) {
        left = news.awaitNanos(left);
      }
      return winner == null;
    } finally {
      lock.unlock();
    }
  }

  private TcpConn outcome(boolean fallbackRuns) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (winner == null
          && (primaryFailure == null || (fallbackRuns && fallbackFailure == null))) {
        news.await();
      }
      TcpConn conn = winner;
      winner = null;
      if (conn == null) {
        throw bothFailed();
      }
      over = true; // before the lock is free: whoever comes second closes what it has got
      return conn;
    } finally {
      lock.unlock();
    }
  }

  /** The primaries' failure, as in Go, with the fallbacks' in it. */
  private IOException bothFailed() {
    Throwable failure = Objects.requireNonNull(primaryFailure);
    if (fallbackFailure != null && !fallbackFailure.equals(failure)) {
      failure.addSuppressed(fallbackFailure);
    }
    return switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case NetFailure _ -> (IOException) failure.fillInStackTrace(); // the caller's, from here on
      default -> (IOException) failure;
    };
  }

  /** The caller leaves: nobody takes a connection any more, not even one that stands already. */
  private void end() {
    TcpConn untaken;
    lock.lock();
    try {
      over = true;
      untaken = winner;
      winner = null;
    } finally {
      lock.unlock();
    }
    if (untaken != null) {
      untaken.close();
    }
  }

  private Thread racer(List<TcpAddr> addresses, boolean primary) {
    return Thread.ofPlatform()
        .name("gonet-dial " + addresses.getFirst())
        .daemon()
        .inheritInheritableThreadLocals(false)
        .unstarted(() -> race(addresses, primary));
  }

  private void race(List<TcpAddr> addresses, boolean primary) {
    TcpConn conn = null;
    Throwable failure = null;
    try {
      conn = serial.dial(addresses);
    } catch (IOException | RuntimeException | Error e) { // a control hook may throw anything
      failure = e;
    }
    lock.lock();
    try {
      if (conn != null && winner == null && !over) {
        winner = conn;
        conn = null;
      } else if (primary) {
        primaryFailure = failure;
      } else {
        fallbackFailure = failure;
      }
      news.signalAll();
    } finally {
      lock.unlock();
    }
    if (conn != null) {
      conn.close();
    }
  }
}
