package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.internal.layer.AcceptQueue;
import gonet.internal.time.Clock;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the connections of one port to workers, in the order in which these asked: a worker asks
 * when a thread of it waits in accept, for one connection at a time. While nobody asks nothing is
 * accepted, and connections wait in the kernel.
 *
 * <pre>
 *   kernel's queue --accept, while somebody asks--&gt; dispatch --&gt; the first that asks
 *                                                     ^   |
 *          BACK, or the worker died before TAKEN -----+   +--nobody asks--&gt; waiting --&gt; who asks next
 * </pre>
 */
final class RoundRobin {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  /** How soon a limit that has moved, or the last worker's death, is noticed at the end. */
  private static final long LOOK_MILLIS = 20;

  private record Wish(WorkerLink link, long id) {}

  private final Listener listener;
  private final @Nullable AcceptQueue<?> queue;
  private final LimitedLog failures = new LimitedLog();

  // Guarded by the monitor of this object, under which nothing waits but for it.

  private final Deque<Wish> wishes = new ArrayDeque<>();
  private final Deque<Conn> waiting = new ArrayDeque<>();
  private boolean draining;
  private boolean taking;
  private boolean accepting = true;
  private boolean closed;

  RoundRobin(Listener listener) {
    this.listener = listener;
    this.queue = listener.find(AcceptQueue.class);
  }

  void start() {
    var _ = Net.go("gonet-round-robin " + listener.addr(), this::run);
  }

  private void run() {
    try {
      acceptAll();
      if (!listener.isClosed()) {
        takeQueue();
      }
    } catch (NetClosedException e) {
      // The way it ends when there is no time left.
    } catch (IOException e) { // such as EINVAL, when somebody ended the listening
      LOG.log(Level.ERROR, "listener " + listener.addr() + " is closed now", e);
    } finally {
      listener.close();
      synchronized (this) {
        accepting = false;
        notifyAll();
      }
    }
  }

  /**
   * No Error ends it: the port would be closed for all workers. What was given back goes before
   * what stands in the kernel's queue: a worker that asks and gives back, again and again, would
   * have this process hold all that come.
   */
  private void acceptAll() throws IOException {
    for (; ; ) {
      try {
        if (!awaitWish()) {
          return;
        }
        Conn there = held();
        if (there != null) {
          dispatch(there);
        } else {
          acceptOne();
        }
      } catch (Error e) {
        failed(e);
      }
    }
  }

  private synchronized @Nullable Conn held() {
    return waiting.poll();
  }

  private synchronized boolean awaitWish() {
    while (wishes.isEmpty() && !draining) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false; // nobody does
      }
    }
    return !draining;
  }

  private void acceptOne() throws IOException {
    try {
      dispatch(listener.accept());
    } catch (InterruptedIOException e) { // timeouts, too
      // By drain; awaitWish sees it.
    } catch (IOException e) {
      if (!(e instanceof NetFailure failure && failure.temporary())) {
        throw e;
      }
      failed(e);
    }
  }

  private void failed(Throwable t) {
    try {
      failures.warn("accepting for workers", t);
    } catch (Error e) {
      // Then nobody is told.
    }
    if (t instanceof Error) {
      Pause.afterFailure(FAILURE_PAUSE_NANOS);
    } else {
      LockSupport.parkNanos(FAILURE_PAUSE_NANOS); // descriptors may be short for long: no spinning
    }
  }

  private void takeQueue() throws IOException {
    synchronized (this) {
      taking = true; // a drain that comes only now has no accept to end, and must not end this
      listener.setDeadline(null);
    }
    for (Conn next = queued(); next != null; next = queued()) {
      dispatch(next);
    }
  }

  private @Nullable Conn queued() throws IOException {
    return (Conn) Objects.requireNonNull(queue).acceptQueued();
  }

  /** A thread of the worker's waits in accept. */
  void want(WorkerLink link, long id) {
    Conn conn;
    synchronized (this) {
      if (closed) {
        return;
      }
      wishes.add(new Wish(link, id));
      conn = waiting.poll();
      if (conn == null) {
        notifyAll(); // not else: one would be accepted for which nobody asks
      }
    }
    if (conn != null) {
      dispatch(conn);
    }
  }

  /** Gives a connection to whoever asked first; keeps it until somebody asks. */
  void dispatch(Conn conn) {
    boolean kept = false;
    try {
      kept = giveOrKeep(conn);
    } finally {
      if (!kept) { // nobody takes any more, or an Error came
        conn.abort();
      }
    }
  }

  /** False if it is nobody's. */
  private boolean giveOrKeep(Conn conn) {
    for (; ; ) {
      Wish wish;
      synchronized (this) {
        wish = wishes.poll();
        if (wish == null) {
          return !closed && waiting.add(conn);
        }
      }
      if (give(wish, conn)) {
        return true;
      }
    }
  }

  private boolean give(Wish wish, Conn conn) {
    try {
      return wish.link.give(wish.id, conn);
    } catch (Error e) {
      synchronized (this) {
        wishes.addFirst(wish); // its worker waits on, and says it only once
        notifyAll();
      }
      throw e;
    }
  }

  /** A worker is gone. */
  synchronized void forget(WorkerLink link) {
    wishes.removeIf(wish -> wish.link.equals(link));
  }

  /** A worker has closed this listener of its own. */
  synchronized void forget(WorkerLink link, long id) {
    wishes.removeIf(wish -> wish.id == id && wish.link.equals(link));
  }

  /** How many were given back, or accepted while the last who asked died, and wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  /**
   * Gives what stands in the kernel's queue to workers and closes the listener.
   *
   * @param until a moment of {@link Clock}; asked again and again
   * @param hopeless whether no worker is left to give them to
   */
  void drain(LongSupplier until, BooleanSupplier hopeless) throws InterruptedException {
    synchronized (this) {
      draining = true;
      notifyAll();
      if (!taking) {
        try {
          listener.setDeadline(Instant.EPOCH);
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "closed already", e);
        }
      }
    }
    synchronized (this) {
      while ((accepting || !waiting.isEmpty())
          && Clock.now() < until.getAsLong()
          && !hopeless.getAsBoolean()) {
        wait(LOOK_MILLIS);
      }
    }
    listener.close();
  }

  /** Nobody takes connections any more: those that wait are reset. */
  void close() {
    List<Conn> left;
    synchronized (this) {
      draining = true;
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
      wishes.clear();
      notifyAll();
    }
    listener.close();
    left.forEach(Conn::abort);
  }
}
