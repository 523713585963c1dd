package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.poll.Poller;
import java.io.IOException;
import java.net.SocketOption;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Accepts TCP connections. Go's {@code net.TCPListener}.
 *
 * <p>Options that are set here hold for the connections that come in afterwards, as the kernel
 * hands them on; one that stands in the queue already keeps what it has. With the nio backend
 * options that a listener has no use for itself are kept here, and set on each connection.
 *
 * @since 0.1
 */
public final class TcpListener extends SocketListener<TcpConn> implements NetSocket {

  /**
   * A connection may have inherited an SO_LINGER above zero. Never false again: connections that
   * came in before a change stand in the queue. Written before the kernel hears of it.
   */
  private volatile boolean lingers;

  TcpListener(Descriptor descriptor, Poller poller, String network, TcpAddr addr, boolean lingers) {
    super(descriptor, poller, network, addr);
    this.lingers = lingers;
  }

  @Override
  TcpAddr remote(Descriptor.Accepted accepted) {
    return TcpAddr.of(Objects.requireNonNull(accepted.remote));
  }

  @Override
  TcpConn conn(Descriptor descriptor, NetAddr remote, boolean watched) {
    // Bound to one address, the listener knows its connections' local address; bound to all, the
    // kernel is asked when somebody wants to know.
    TcpAddr local = addr().isWildcard() ? null : addr();
    return new TcpConn(descriptor, poller, network(), local, (TcpAddr) remote, lingers, watched);
  }

  @Override
  public TcpConn accept() throws IOException {
    return super.accept(); // here, for the type in Javadoc and in class files
  }

  @Override
  public TcpAddr addr() {
    return (TcpAddr) super.addr();
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public <T> TcpListener setOption(SocketOption<T> name, T value) throws IOException {
    if (value instanceof Integer seconds && seconds > 0 && SocketOptions.isLinger(name)) {
      lingers = true;
    }
    SocketOptions.set(fd, name, value, new SetOp(this));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, new SetOp(this));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, new SetOp(this));
  }

  /** No lambda: one that is linked at the end of a stack stays broken. */
  private record SetOp(TcpListener socket) implements Supplier<Op> {
    @Override
    public Op get() {
      return socket.setOp();
    }
  }
}
