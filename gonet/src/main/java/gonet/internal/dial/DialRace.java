package gonet.internal.dial;

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
public final class DialRace<A, C> {
  private enum Dialler {
    NOBODY,
    SECOND,
    CALLER
  }

  /** Behind the end of the time, for the second thread to come and say so by itself. */
  private static final ThreadFactory GONETS = DialRace::unstarted;

  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final DialSerial<A, C> serial;
  private final Connector<A, C> connector;
  private final long fallbackDelayNanos;
  private final ThreadFactory threads;
  private final Attempt primary = new Attempt();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private Dialler ofFallbacks = Dialler.NOBODY;
  private @Nullable C winner;
  private @Nullable Throwable fallbackFailure;

  /** The second thread has done what it began. */
  private boolean fallbackDone;

  /** The caller has gone: the second thread closes what it has got. */
  private boolean over;

  /** A race whose second thread is one of gonet's virtual threads. */
  public DialRace(DialSerial<A, C> serial, long fallbackDelayNanos) {
    this(serial, fallbackDelayNanos, GONETS);
  }

  /** The same with a thread from elsewhere, for tests. */
  public DialRace(DialSerial<A, C> serial, long fallbackDelayNanos, ThreadFactory threads) {
    this.serial = serial;
    this.connector = serial.connector();
    this.fallbackDelayNanos = fallbackDelayNanos;
    this.threads = threads;
  }

  /** With the context class loader of the thread that dials, whose hook may run there. */
  private static Thread unstarted(Runnable body) {
    Thread thread = Netpoll.threads().inheritInheritableThreadLocals(false).unstarted(body);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    return thread;
  }

  // ---- the caller ------------------------------------------------------------------------------

  /**
   * The first connection of either list that stands.
   *
   * @throws IOException the first primary's failure, with those of the others suppressed in it;
   *     {@linkplain Connector#canceled canceled} if the thread is interrupted
   */
  public C dial(List<A> primaries, List<A> fallbacks) throws IOException {
    Thread second = null;
    try {
      second = startSecond(fallbacks);
      C conn;
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

  private record Second<A, C>(DialRace<A, C> race, List<A> fallbacks) implements Runnable {
    @Override
    public void run() {
      race.race(fallbacks);
    }
  }

  /** Null if there is no second thread, so that the fallbacks come behind the primaries. */
  private @Nullable Thread startSecond(List<A> fallbacks) {
    try {
      Thread second = threads.newThread(new Second<>(this, fallbacks));
      second.setName("gonet-dial " + fallbacks.getFirst());
      second.start();
      return second;
    } catch (OutOfMemoryError | RuntimeException e) { // a scheduler may reject its task
      return null;
    }
  }

  /** The caller has a connection; the second thread may have been quicker. */
  private C first(C conn, A tried) throws IOException {
    C other;
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
    connector.discard(conn);
    return takeWinner(tried);
  }

  /** The primaries have failed, or have been stopped because the second thread has won. */
  private C withoutPrimaries(IOException failure, List<A> fallbacks) throws IOException {
    boolean mine = false;
    boolean won;
    lock.lock();
    try {
      won = winner != null;
      if (!won && !connector.isCanceled(failure)) {
        mine = ofFallbacks == Dialler.NOBODY;
        if (mine) {
          ofFallbacks = Dialler.CALLER;
        } else {
          won = awaitSecond();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      IOException canceled = connector.canceled(fallbacks.getFirst());
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
  private IOException bothFailed(IOException primary, @Nullable Throwable fallback) {
    if (fallback == null || fallback == primary) {
      return primary;
    }
    if (fallback instanceof IOException && !connector.isCanceled(fallback)) {
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

  private C takeWinner(A tried) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw connector.canceled(tried); // end() closes the winner, if there is one
    }
    lock.lock();
    try {
      C conn = Objects.requireNonNull(winner);
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

  /** The caller leaves: nobody takes a connection any more, not even one that stands already. */
  private void end() {
    C untaken;
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
      connector.discard(untaken);
    }
  }

  // ---- the second thread -----------------------------------------------------------------------

  private void race(List<A> fallbacks) {
    if (!awaitTurn()) {
      return;
    }
    C conn = null;
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
      connector.discard(conn);
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
