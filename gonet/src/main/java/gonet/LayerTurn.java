package gonet;

import gonet.internal.time.Clock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link LayerConn}: one caller at a time. The first caller is first, and a
 * caller that waits keeps the limits of the connection.
 *
 * <p>The lock guards the fields and is held for moments only, never while somebody waits for the
 * connection beneath. A stack overflow can keep {@link #give} from its work; then the thread that
 * has the turn may take it again, and so may everybody once that thread has ended.
 */
final class LayerTurn {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final boolean reads;

  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when the turn is free, and by {@link #lookAgain}. */
  private final Condition changed = lock.newCondition();

  private @Nullable Thread owner;

  /** Those who wait, in their order; made for the first one. */
  private @Nullable Deque<Object> waiting;

  LayerTurn(boolean reads) {
    this.reads = reads;
  }

  /**
   * Waits until it is this caller's turn, which {@link #give} ends.
   *
   * @throws IOException if the connection is closed or a limit is over, also if there is nothing to
   *     wait for; or if the thread is interrupted and would have to wait
   */
  void take(LayerConn conn, String op, @Nullable TimeLimit limit) throws IOException {
    take(conn, op, limit, true);
  }

  /** The same, whatever the deadline. */
  void takeForClose(LayerConn conn) throws IOException {
    take(conn, Op.CLOSE, null, false);
  }

  /** Takes the turn if it is free and nobody waits for it, also of a closed connection. */
  boolean tryTake() {
    lock.lock();
    try {
      if (!isFree() || (waiting != null && !waiting.isEmpty())) {
        return false;
      }
      owner = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void take(LayerConn conn, String op, @Nullable TimeLimit limit, boolean underDeadline)
      throws IOException {
    lock.lock();
    try {
      check(conn, op, limit, underDeadline);
      // One that has lost a give goes on, for those who wait are waiting for it.
      boolean mine = Thread.currentThread().equals(owner);
      if (!mine && (!isFree() || (waiting != null && !waiting.isEmpty()))) {
        await(conn, op, limit, underDeadline);
      }
      owner = Thread.currentThread();
    } finally {
      lock.unlock();
    }
  }

  private boolean isFree() {
    return owner == null || Thread.currentThread().equals(owner) || !owner.isAlive();
  }

  private void await(LayerConn conn, String op, @Nullable TimeLimit limit, boolean underDeadline)
      throws IOException {
    Deque<Object> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>();
      waiting = queue;
    }
    Object self = new Object();
    queue.add(self);
    try {
      while (!isFree() || !self.equals(queue.peek())) {
        if (Thread.currentThread().isInterrupted()) {
          throw NetFailure.interrupted(op, conn, 0);
        }
        long until = Clock.earlier(deadline(conn, underDeadline), TimeLimit.moment(limit));
        long look = Clock.after(LOOK_NANOS); // nobody tells of an owner that has ended
        try {
          var _ = changed.awaitNanos(Clock.earlier(until, look) - Clock.now());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        check(conn, op, limit, underDeadline);
      }
    } finally {
      queue.remove(self);
      changed.signalAll(); // the next one may be first now
    }
  }

  private void check(LayerConn conn, String op, @Nullable TimeLimit limit, boolean underDeadline)
      throws IOException {
    if (conn.isClosed()) {
      throw NetFailure.closed(op, conn, 0);
    }
    long deadline = deadline(conn, underDeadline);
    if (deadline != Clock.NONE && deadline <= Clock.now()) {
      throw NetFailure.timeout(op, conn, 0);
    }
    if (limit != null && limit.isOver()) {
      throw NetFailure.timeout(op, conn, 0, limit);
    }
  }

  /** The sticky deadline, a moment of the clock. */
  private long deadline(LayerConn conn, boolean underDeadline) {
    if (!underDeadline) {
      return Clock.NONE;
    }
    return TimeLimit.moment(reads ? conn.readDeadline() : conn.writeDeadline());
  }

  void give() {
    lock.lock();
    try {
      owner = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A deadline was moved, or the connection closed: those who wait look again. */
  void lookAgain() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
