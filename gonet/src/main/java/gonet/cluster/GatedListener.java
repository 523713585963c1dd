package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.NetAddr;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.OpFailure;
import gonet.internal.layer.AcceptQueue;
import gonet.internal.layer.PromptClose;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A listener that generations share.
 *
 * <pre>
 *   inherited: SHUT --the predecessor has agreed--&gt; OPEN --a successor serves--&gt; LEFT
 *   new:                                            OPEN --a successor serves--&gt; LEFT
 * </pre>
 *
 * <p>While it is shut an accept waits: a process that dies in the middle of a hand-over has no
 * connection then that it would take along. Once it is left an accept waits for ever: whoever comes
 * is the successor's, and a server that empties the queue before it ends would come to no end while
 * clients come. Deadlines, timeouts and a close end these waits as any other.
 *
 * <p>For a server it is the socket itself and no layer over it. Any thread.
 */
final class GatedListener implements Listener {
  private enum State {
    SHUT,
    OPEN,
    LEFT
  }

  private final Listener socket;

  private final ReentrantLock lock = new ReentrantLock();

  /** The state, a limit or the socket has changed. */
  private final Condition changed = lock.newCondition();

  /** Written under the lock. */
  private volatile State state;

  /** The program's, once it is left: the socket's has woken those who were inside then. */
  private @Nullable Instant deadline; // guarded by the lock

  /**
   * @param inherited whether it is to wait for a predecessor
   */
  GatedListener(Listener socket, boolean inherited) {
    this.socket = socket;
    this.state = inherited ? State.SHUT : State.OPEN;
  }

  /** The predecessor has agreed. */
  void open() {
    lock.lock();
    try {
      state = State.OPEN;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A successor accepts. Those who wait in an accept of the socket come back to wait here; one that
   * had a connection by then has it. Again: what an Error left undone.
   */
  void leave() {
    lock.lock();
    try {
      if (state != State.LEFT) {
        deadline = socket.deadline();
        state = State.LEFT;
      }
      changed.signalAll();
      socket.setDeadline(Instant.EPOCH);
    } catch (IOException e) {
      // It is closed, and nobody is inside.
    } finally {
      lock.unlock();
    }
  }

  private void awaitOpen() throws IOException {
    if (state == State.OPEN) {
      return;
    }
    lock.lock();
    try {
      Duration each = socket.timeout();
      long limit = each == null ? Clock.NONE : Clock.after(Durations.nanos(each, "timeout"));
      while (state != State.OPEN) {
        if (socket.isClosed()) {
          throw new NetClosedException(failure("use of closed network connection"));
        }
        long until = Clock.earlier(limit, Durations.moment(deadline()));
        if (until != Clock.NONE && until <= Clock.now()) {
          throw new NetTimeoutException(failure("i/o timeout").asTimeout());
        }
        await(until);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // it is called in one
  private void await(long until) throws IOException {
    try {
      if (until == Clock.NONE) {
        changed.await();
      } else {
        var _ = changed.awaitNanos(until - Clock.now());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetInterruptedException(failure("operation was canceled"));
    }
  }

  private OpFailure failure(String why) {
    return OpFailure.of("accept", this, why);
  }

  @Override
  public Conn accept() throws IOException {
    for (; ; ) {
      awaitOpen();
      try {
        return socket.accept();
      } catch (NetTimeoutException e) {
        throwUnlessLeft(e);
      }
    }
  }

  private void throwUnlessLeft(NetTimeoutException e) throws NetTimeoutException {
    if (state != State.LEFT) {
      throw e;
    }
  }

  /** The queue of the socket, behind the gate. */
  private final class Queue implements AcceptQueue<Conn> {
    private final AcceptQueue<?> queue;

    Queue(AcceptQueue<?> queue) {
      this.queue = queue;
    }

    @Override
    public Conn accept() throws IOException {
      for (; ; ) {
        awaitOpen();
        try {
          return (Conn) queue.accept();
        } catch (NetTimeoutException e) {
          throwUnlessLeft(e);
        }
      }
    }

    /** Null while what stands in the queue is another process'. */
    @Override
    public @Nullable Conn acceptQueued() throws IOException {
      return state == State.OPEN ? (Conn) queue.acceptQueued() : null;
    }
  }

  @Override
  public <T> @Nullable T find(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    T found = socket.find(type);
    if (found instanceof AcceptQueue<?> queue) {
      return type.cast(new Queue(queue));
    }
    return found instanceof PromptClose close ? type.cast(new CloseSoon(this, close)) : found;
  }

  private record CloseSoon(GatedListener listener, PromptClose socket) implements PromptClose {
    @Override
    public void closeSoon() {
      socket.closeSoon();
      listener.tellOfChange();
    }
  }

  @Override
  public void close() {
    socket.close();
    tellOfChange();
  }

  private void tellOfChange() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    lock.lock();
    try {
      if (state == State.LEFT && !socket.isClosed()) {
        deadline = when;
      } else {
        socket.setDeadline(when);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void setTimeout(@Nullable Duration each) throws IOException {
    socket.setTimeout(each);
    tellOfChange();
  }

  // ---- as the socket ---------------------------------------------------------------------------

  @Override
  public NetAddr addr() {
    return socket.addr();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public @Nullable Instant deadline() {
    lock.lock();
    try {
      return state == State.LEFT ? deadline : socket.deadline();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Duration timeout() {
    return socket.timeout();
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
