package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.OpFailure;
import gonet.cluster.PacketLink.Message;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A port whose connections the primary gives, one for each thread that waits in accept: a worker
 * that does not accept gets none. If the primary dies and the worker is to serve on, it accepts
 * from the socket itself.
 */
final class HandedListener implements Listener {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /** Between two tries of a worker that is short of descriptors. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final PacketLink link;
  private final long id;
  private final NetAddr addr;

  /** Told at the close, once. */
  private final Runnable onClose;

  private final ReentrantLock lock = new ReentrantLock();

  /** A connection is there, this is closed, or a limit has moved. */
  private final Condition come = lock.newCondition();

  // Guarded by the lock, under which nothing waits but for the condition.

  private final Deque<Conn> conns = new ArrayDeque<>();

  /** The listening socket, if this worker may have to serve on. */
  private @Nullable Message spare;

  /** That socket, once it is used. */
  private @Nullable Listener own;

  /** Threads in accept. */
  private int waiting;

  /** Connections that the primary owes; at most {@link #waiting} when they were asked for. */
  private int asked;

  /** Those that are just being said to be taken. */
  private int taking;

  private boolean cooling;
  private boolean closed;

  /** A moment of {@link Clock}. */
  private long deadline = Clock.NONE;

  /** Nanoseconds, 0 for none. */
  private long timeout;

  /**
   * A port of the primary's.
   *
   * @param spare becomes this listener's to close; null if it is not to serve on
   * @param onClose called at the close, once, by the thread that closes
   */
  HandedListener(
      PacketLink link, long id, NetAddr addr, @Nullable Message spare, Runnable onClose) {
    this.link = link;
    this.id = id;
    this.addr = addr;
    this.spare = spare;
    this.onClose = onClose;
  }

  @Override
  public Conn accept() throws IOException {
    Listener there;
    lock.lock();
    try {
      long limit = timeout == 0 ? Clock.NONE : Clock.after(timeout);
      waiting++;
      try {
        ask();
        for (; ; ) {
          if (closed) {
            throw new NetClosedException(failure("use of closed network connection"));
          }
          long until = Clock.earlier(limit, deadline);
          if (until != Clock.NONE && until <= Clock.now()) {
            throw new NetTimeoutException(failure("i/o timeout").asTimeout());
          }
          Conn conn = conns.poll();
          if (conn != null) {
            return conn;
          }
          there = own;
          if (there != null) {
            break;
          }
          await(until);
        }
      } finally {
        waiting--;
        if (!conns.isEmpty()) {
          come.signal(); // this thread may have been woken for one, and found its time over
        }
      }
    } finally {
      lock.unlock();
    }
    return there.accept();
  }

  private OpFailure failure(String why) {
    return OpFailure.of("accept", this, why);
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
      throw new NetInterruptedException(failure("operation was canceled"));
    }
  }

  /** A message is so small, and the primary reads so promptly, that sending it is no waiting. */
  private void ask() {
    while (!closed && !cooling && own == null && asked + taking + conns.size() < waiting) {
      try {
        link.send(ClusterLink.ACCEPT + " " + id);
        asked++; // not before: the primary owes nothing for what it did not hear
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "the primary was not asked", e);
        if (!(e instanceof ClosedChannelException) && !NetFailure.isConnectionGone(e)) {
          coolDown(); // such as an interrupt; where the primary is gone, its reader sees it
        }
        return;
      }
    }
  }

  // ---- the thread that reads from the primary --------------------------------------------------

  /** The primary gives one. */
  void come(Message message) throws IOException {
    Conn conn = null;
    boolean wanted;
    boolean dead = false;
    lock.lock();
    try {
      asked = Math.max(0, asked - 1);
      wanted = !closed && conns.size() + taking < waiting;
      if (wanted) {
        taking++;
      }
    } finally {
      lock.unlock();
    }
    if (wanted) {
      try {
        conn = adopt(message);
      } catch (IOException e) {
        dead = !(e instanceof NetFailure failure && failure.temporary());
        LOG.log(Level.DEBUG, dead ? "a connection died on its way" : "no descriptor", e);
      }
    }
    boolean kept = false;
    try {
      kept = answer(wanted, conn, dead);
    } finally {
      if (!kept && conn != null) {
        conn.close();
      }
    }
  }

  /** Null if descriptors are short. */
  private @Nullable Conn adopt(Message message) throws IOException {
    return message.hasDescriptor() ? link.conn(message) : null;
  }

  /**
   * Whether somebody gets the connection from here. It is said under the lock: a close that came
   * between TAKEN and here would end what the primary has let go of already.
   */
  private boolean answer(boolean wanted, @Nullable Conn conn, boolean dead) throws IOException {
    lock.lock();
    try {
      if (wanted) {
        taking--;
      }
      boolean keeps = conn != null && !closed;
      say(keeps || dead ? ClusterLink.TAKEN : ClusterLink.BACK);
      if (keeps && conn != null) {
        conns.add(conn);
        come.signal();
        return true;
      }
      if (wanted && conn == null && !dead) {
        coolDown();
      } else {
        ask(); // for the thread that waits on
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** To a primary that is dead nothing need be said: nobody else has the connection then. */
  private void say(String what) throws IOException {
    try {
      link.send(what + " " + id);
    } catch (IOException e) {
      if (!NetFailure.isConnectionGone(e)) {
        throw e;
      }
      LOG.log(Level.DEBUG, "the primary did not hear " + what, e); // and its reader sees it
    }
  }

  private void coolDown() {
    var _ = Net.go("gonet-worker-pause", this::askLater);
    cooling = true; // not if there is no thread, which waits for the lock before it looks
  }

  private void askLater() throws InterruptedException {
    try {
      Thread.sleep(PAUSE);
    } finally {
      lock.lock();
      try {
        cooling = false;
        ask();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The primary is dead: the worker accepts by itself, if it has the socket. */
  void serveOn() throws IOException {
    lock.lock();
    try {
      Message there = spare;
      if (closed || there == null) {
        return;
      }
      Listener listener = link.listener(there);
      own = listener;
      listener.setDeadline(Durations.instant(deadline));
      listener.setTimeout(Durations.each(timeout));
      come.signalAll();
    } finally {
      closeSpare();
      lock.unlock();
    }
  }

  /** This process has left the primary: nothing comes any more, unless it accepts by itself. */
  void leave() {
    boolean accepts;
    lock.lock();
    try {
      accepts = own != null;
    } finally {
      lock.unlock();
    }
    if (!accepts) {
      close();
    }
  }

  private void closeSpare() {
    Message there = spare;
    spare = null;
    if (there != null) {
      there.close();
    }
  }

  // ---- as any listener -------------------------------------------------------------------------

  @Override
  public NetAddr addr() {
    return addr;
  }

  @Override
  public void close() {
    Listener there;
    boolean first;
    lock.lock();
    try {
      first = !closed;
      closed = true; // no ACCEPT follows
      there = own;
      closeSpare();
      conns.forEach(Conn::close);
      conns.clear();
      come.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (first) {
        onClose.run(); // not under the lock: the primary may not read
      }
    } finally {
      if (there != null) {
        there.close();
      }
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
      if (own != null) {
        own.setDeadline(when);
      }
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
      if (own != null) {
        own.setTimeout(each);
      }
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() throws NetClosedException {
    if (closed) {
      throw new NetClosedException(OpFailure.of("set", this, "use of closed network connection"));
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

  @Override
  public String toString() {
    return "listener " + addr.network() + " " + addr + " of the primary";
  }
}
