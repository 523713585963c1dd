package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.flight.Trace;
import gonet.internal.layer.AcceptQueue;
import gonet.internal.layer.CloseHook;
import gonet.internal.layer.PromptClose;
import gonet.internal.layer.SharedPath;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A listener over a descriptor: everything of {@link Listener} that does not depend on the kind of
 * socket.
 *
 * @param <C> its connections
 */
abstract sealed class SocketListener<C extends SocketConn> implements Listener
    permits TcpListener, UnixListener {
  final FD fd;
  final Poller poller;
  private final String network;
  private final NetAddr addr;
  private final AcceptLog log;
  private final Cleaner.Cleanable watch;

  /** Nanoseconds, 0 for none. */
  private volatile long timeout;

  private volatile @Nullable Runnable beforeClose;

  SocketListener(Descriptor descriptor, Poller poller, String network, NetAddr addr) {
    this.fd = new FD(descriptor, poller, false);
    this.poller = poller;
    this.network = network;
    this.addr = addr;
    OpErrors.initialize(); // while there are descriptors to load classes with
    this.log = new AcceptLog(op(Op.ACCEPT).toString());
    this.watch = Dropped.watch(this, fd, Dropped.LISTENER, addr);
  }

  @Override
  public C accept() throws IOException {
    return accept(true);
  }

  private C accept(boolean watched) throws IOException {
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

  private record CloseSoon(SocketListener<?> socket) implements PromptClose {
    @Override
    public void closeSoon() {
      socket.closeSoon();
    }
  }

  private record Hook(SocketListener<?> socket) implements CloseHook {
    @Override
    public void beforeClose(Runnable action) {
      socket.beforeClose = action;
    }
  }

  /** {@inheritDoc} gonet's own servers find the queue: {@code gonet.internal.layer}. */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    if (type == AcceptQueue.class) {
      return type.cast(new Queue());
    }
    if (type == PromptClose.class) {
      return type.cast(new CloseSoon(this));
    }
    if (type == CloseHook.class) {
      return type.cast(new Hook(this));
    }
    if (type == SharedPath.class) {
      return type.cast(sharedPath());
    }
    return Listener.super.find(type);
  }

  private final class Queue implements AcceptQueue<C> {
    @Override
    public C accept() throws IOException {
      return SocketListener.this.accept(false);
    }

    @Override
    public @Nullable C acceptQueued() throws IOException {
      Descriptor.Accepted accepted = new Descriptor.Accepted();
      try {
        if (!fd.acceptQueued(accepted, log)) {
          return null;
        }
      } catch (FDException e) {
        throw OpErrors.of(op(Op.ACCEPT), e);
      } finally {
        Reference.reachabilityFence(SocketListener.this);
      }
      return conn(accepted, false);
    }
  }

  private C conn(Descriptor.Accepted accepted, boolean watched) {
    Descriptor descriptor = Objects.requireNonNull(accepted.descriptor);
    NetAddr remote;
    C conn;
    try {
      remote = remote(accepted);
      conn = conn(descriptor, remote, watched);
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

  /** The peer's address. */
  abstract NetAddr remote(Descriptor.Accepted accepted);

  /** A connection of this listener. */
  abstract C conn(Descriptor descriptor, NetAddr remote, boolean watched);

  @Override
  public NetAddr addr() {
    return addr;
  }

  @Override
  public void close() {
    try {
      tellClose();
    } finally {
      fd.close();
      watch.clean();
    }
  }

  private void closeSoon() {
    try {
      tellClose();
    } finally {
      fd.closeSoon();
      watch.clean();
    }
  }

  private void tellClose() {
    closing();
    Runnable action = beforeClose;
    if (action != null) {
      action.run();
    }
  }

  /** Of those that have a path. */
  @Nullable SharedPath sharedPath() {
    return null;
  }

  /** Before the descriptor goes. May be called again, and by several threads at once. */
  void closing() {}

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

  // ---- descriptors -----------------------------------------------------------------------------

  /** As {@link NetSocket#duplicateDescriptor} says. */
  public SocketDescriptor duplicateDescriptor() throws IOException {
    try {
      return SocketDescriptor.of(fd, op(Op.FILE));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link NetSocket#rawConn} says. */
  public RawConn rawConn() {
    return RawConn.of(this);
  }

  // ---- failures --------------------------------------------------------------------------------

  final Op setOp() {
    return op(Op.SET);
  }

  final Op op(String name) {
    return new Op(name, network, null, addr);
  }

  final String network() {
    return network;
  }

  @Override
  public String toString() {
    return "listener " + network + " " + addr + (fd.closed() ? " (closed)" : "");
  }
}
