package gonet;

import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import gonet.internal.time.OwnStack;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Several listeners as one: {@link #accept} takes the next connection of any of them.
 *
 * {@snippet :
 * Listener both = JoinedListener.of(Net.listen("tcp", ":7099"), Net.listen("unix", "/run/x.sock"));
 * }
 *
 * <p>A virtual thread for each of them accepts, once somebody waits here; so for each there may be
 * one connection that was accepted and not taken yet, which a close closes. {@link #accept} throws
 * the failure of one of them; the others go on. They belong to this from now on, and are closed
 * with it.
 *
 * @since 0.1
 */
public final class JoinedListener implements Listener {
  private final List<Listener> all;

  private final ReentrantLock lock = new ReentrantLock();

  /** Something has come, or the deadline was moved, or this is closed. */
  private final Condition come = lock.newCondition();

  /** Somebody waits, or this is closed. */
  private final Condition wanted = lock.newCondition();

  // Guarded by the lock, under which nothing waits but for the two conditions.

  private final Deque<Conn> conns = new ArrayDeque<>();
  private final Deque<IOException> failures = new ArrayDeque<>();
  private int waiting;
  private boolean started;
  private boolean closed;

  /** A moment of {@link Clock}. */
  private long deadline = Clock.NONE;

  /** Nanoseconds, 0 for none. */
  private long timeout;

  private JoinedListener(List<Listener> all) {
    this.all = all;
  }

  /** Joins listeners, of whatever networks. */
  public static JoinedListener of(Listener first, Listener... more) {
    List<Listener> all = new ArrayList<>();
    all.add(Objects.requireNonNull(first, "first"));
    all.addAll(List.of(more));
    return new JoinedListener(List.copyOf(all));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException also what one of the listeners has failed with; the next call goes on with
   *     all that are open
   */
  @Override
  public Conn accept() throws IOException {
    begin();
    lock.lock();
    try {
      long limit = timeout == 0 ? Clock.NONE : Clock.after(timeout);
      waiting++;
      wanted.signalAll();
      try {
        while (true) {
          if (closed) {
            throw OpErrors.closed(op(), 0);
          }
          long until = Clock.earlier(limit, deadline);
          if (until != Clock.NONE && until <= Clock.now()) {
            throw OpErrors.timeout(op(), 0);
          }
          Conn conn = conns.poll();
          if (conn != null) {
            return conn;
          }
          IOException failure = failures.poll();
          if (failure != null) {
            throw failure;
          }
          await(until);
        }
      } finally {
        waiting--;
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // it is called in one
  private void await(long until) throws IOException {
    try {
      if (until == Clock.NONE) {
        come.await();
      } else {
        var _ = come.awaitNanos(until - Clock.now());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OpErrors.canceled(op(), 0);
    }
  }

  private void begin() {
    OwnStack.requireRoom();
    lock.lock();
    try {
      if (started) {
        return;
      }
      started = true;
    } finally {
      lock.unlock();
    }
    for (Listener each : all) {
      var _ = Net.go("gonet-accept " + each.addr(), new Accepting(this, each));
    }
  }

  /** What the thread of one listener does. */
  private record Accepting(JoinedListener to, Listener from) implements Net.Task {
    @Override
    public void run() {
      while (to.awaitWanted()) {
        try {
          to.accepted(from.accept());
        } catch (IOException e) {
          to.failed(e);
          if (from.isClosed()) {
            return;
          }
        }
      }
    }
  }

  /** False when this is closed. */
  private boolean awaitWanted() {
    lock.lock();
    try {
      while (!closed && waiting <= conns.size() + failures.size()) {
        wanted.awaitUninterruptibly();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void accepted(Conn conn) {
    lock.lock();
    try {
      if (!closed) {
        conns.add(conn);
        come.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    conn.close();
  }

  private void failed(IOException failure) {
    lock.lock();
    try {
      if (!closed) {
        failures.add(failure);
        come.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** {@inheritDoc} The first one's; {@link #addrs} tells all. */
  @Override
  public NetAddr addr() {
    return all.getFirst().addr();
  }

  /** The addresses of all, in the order in which they were joined. */
  public List<NetAddr> addrs() {
    List<NetAddr> addrs = new ArrayList<>();
    for (Listener each : all) {
      addrs.add(each.addr());
    }
    return List.copyOf(addrs);
  }

  /** {@inheritDoc} All of them. */
  @Override
  public void close() {
    List<Conn> untaken;
    lock.lock();
    try {
      closed = true;
      untaken = new ArrayList<>(conns);
      conns.clear();
      failures.clear();
      come.signalAll();
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
    for (Listener each : all) {
      each.close();
    }
    for (Conn conn : untaken) {
      conn.close();
    }
  }

  @Override
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    lock.lock();
    try {
      requireOpen();
      deadline = Durations.moment(when);
      come.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void setTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "timeout");
    lock.lock();
    try {
      requireOpen();
      timeout = nanos;
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw OpErrors.closed(op(), 0);
    }
  }

  @Override
  public @Nullable Instant deadline() {
    lock.lock();
    try {
      return Durations.instant(deadline);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Duration timeout() {
    lock.lock();
    try {
      return Durations.each(timeout);
    } finally {
      lock.unlock();
    }
  }

  private Op op() {
    return Op.of(Op.ACCEPT, this);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("listener");
    for (Listener each : all) {
      text.append(' ').append(each.addr().network()).append(' ').append(each.addr());
    }
    return text.append(isClosed() ? " (closed)" : "").toString();
  }
}
