package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.flight.Trace;
import gonet.internal.layer.AcceptQueue;
import gonet.internal.layer.PromptClose;
import gonet.internal.poll.AcceptLog;
import gonet.internal.poll.Dropped;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.SocketOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accepts TCP connections. Go's {@code net.TCPListener}.
 *
 * <p>Options that are set here hold for the connections that come in afterwards, as the kernel
 * hands them on; one that stands in the queue already keeps what it has. With the nio backend
 * options that a listener has no use for itself are kept here, and set on each connection.
 *
 * @since 0.1
 */
public final class TcpListener implements Listener, NetSocket {
  private final FD fd;
  private final Poller poller;
  private final String network;
  private final TcpAddr addr;

  /**
   * A connection may have inherited an SO_LINGER above zero. Never false again: connections that
   * came in before a change stand in the queue. Written before the kernel hears of it.
   */
  private volatile boolean lingers;

  private final AcceptLog log;
  private final Cleaner.Cleanable watch;

  /** Nanoseconds, 0 for none. */
  private volatile long timeout;

  TcpListener(Descriptor descriptor, Poller poller, String network, TcpAddr addr, boolean lingers) {
    this.fd = new FD(descriptor, poller, false);
    this.poller = poller;
    this.network = network;
    this.addr = addr;
    this.lingers = lingers;
    OpErrors.initialize(); // while there are descriptors to load classes with
    this.log = new AcceptLog(op(Op.ACCEPT).toString());
    this.watch = Dropped.watch(this, fd, Dropped.LISTENER, addr);
  }

  @Override
  public TcpConn accept() throws IOException {
    return accept(true);
  }

  private TcpConn accept(boolean watched) throws IOException {
    Descriptor.Accepted accepted = new Descriptor.Accepted();
    try {
      fd.accept(accepted, log, timeout == 0 ? Clock.NONE : Clock.after(timeout));
    } catch (FDException e) {
      throw OpErrors.of(op(Op.ACCEPT), e);
    } finally {
      Reference.reachabilityFence(this);
    }
    return conn(accepted, watched);
  }

  /** {@inheritDoc} gonet's own servers find the queue: {@code gonet.internal.layer}. */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    if (type == AcceptQueue.class) {
      return type.cast(new Queue());
    }
    if (type == PromptClose.class) {
      return type.cast((PromptClose) this::closeSoon);
    }
    return Listener.super.find(type);
  }

  private final class Queue implements AcceptQueue<TcpConn> {
    @Override
    public TcpConn accept() throws IOException {
      return TcpListener.this.accept(false);
    }

    @Override
    public @Nullable TcpConn acceptQueued() throws IOException {
      Descriptor.Accepted accepted = new Descriptor.Accepted();
      try {
        if (!fd.acceptQueued(accepted, log)) {
          return null;
        }
      } catch (FDException e) {
        throw OpErrors.of(op(Op.ACCEPT), e);
      } finally {
        Reference.reachabilityFence(TcpListener.this);
      }
      return conn(accepted, false);
    }
  }

  private TcpConn conn(Descriptor.Accepted accepted, boolean watched) {
    Descriptor descriptor = Objects.requireNonNull(accepted.descriptor);
    TcpAddr remote;
    TcpConn conn;
    try {
      remote = TcpAddr.of(Objects.requireNonNull(accepted.remote));
      // Bound to one address, the listener knows its connections' local address; bound to all, the
      // kernel is asked when somebody wants to know.
      TcpAddr local = addr.isWildcard() ? null : addr;
      conn = new TcpConn(descriptor, poller, network, local, remote, lingers, watched);
    } catch (Throwable t) { // such as want of memory: nobody else knows the descriptor
      descriptor.close();
      throw t;
    }
    boolean told = false;
    try {
      conn.established();
      Trace.accepted(conn.fd.number(), addr, remote);
      told = true;
      return conn;
    } finally {
      if (!told) { // nobody else knows the connection
        conn.close();
      }
    }
  }

  @Override
  public TcpAddr addr() {
    return addr;
  }

  @Override
  public void close() {
    fd.close();
    watch.clean();
  }

  private void closeSoon() {
    fd.closeSoon();
    watch.clean();
  }

  @Override
  public boolean isClosed() {
    return fd.closed();
  }

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    try {
      fd.readDeadline(Durations.moment(when));
    } catch (FDException e) {
      throw OpErrors.of(op(Op.SET), e);
    }
  }

  @Override
  public void setTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "timeout");
    if (fd.closed()) {
      throw OpErrors.closed(op(Op.SET), 0);
    }
    timeout = nanos;
  }

  @Override
  public @Nullable Instant deadline() {
    return Durations.instant(fd.readDeadline());
  }

  @Override
  public @Nullable Duration timeout() {
    return Durations.each(timeout);
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public <T> TcpListener setOption(SocketOption<T> name, T value) throws IOException {
    if (value instanceof Integer seconds && seconds > 0 && SocketOptions.isLinger(name)) {
      lingers = true;
    }
    SocketOptions.set(fd, name, value, this::setOp);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, this::setOp);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, this::setOp);
  }

  private Op setOp() {
    return op(Op.SET);
  }

  private Op op(String name) {
    return new Op(name, network, null, addr);
  }

  @Override
  public String toString() {
    return "listener " + network + " " + addr + (fd.closed() ? " (closed)" : "");
  }
}
