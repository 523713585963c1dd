package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.internal.flight.Trace;
import gonet.internal.netpoll.Netpoll;
import java.io.IOException;

/**
 * Makes listeners and connections of descriptors that the process has already. Go's {@code
 * FileListener} and {@code FileConn}.
 */
final class FileSockets {
  private static final String NETWORK = "tcp";

  /** A descriptor by its number, as the caller gave it and as errors about it show it. */
  private record FileAddr(int fd) implements NetAddr {
    static final String NETWORK = "file+net";

    @Override
    public String network() {
      return NETWORK;
    }

    @Override
    public String toString() {
      return "fd " + fd;
    }
  }

  private FileSockets() {}

  static Listener listener(int fd) throws IOException {
    Op op = op(fd);
    Netpoll netpoll = Netpolls.get(op);
    Descriptor d = adopt(netpoll, op, fd, true);
    try {
      UnixKind kind = d.unixKind();
      if (kind != null) {
        UnixAddr addr = UnixAddr.of(UnixSockets.network(kind), d.localName());
        return new UnixListener(d, netpoll.poller(), addr, null); // whose path is not its own
      }
      // Set on the listener, from which accepted connections inherit it: ListenConfig's defaults.
      SocketSettings.DEFAULTS.apply(d);
      TcpAddr addr = TcpAddr.of(d.localAddr());
      return new TcpListener(d, netpoll.poller(), NETWORK, addr, SocketSettings.lingers(d));
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  static Conn conn(int fd) throws IOException {
    Op op = op(fd);
    Netpoll netpoll = Netpolls.get(op);
    Descriptor d = adopt(netpoll, op, fd, false);
    SocketConn conn;
    try {
      conn = conn(netpoll, d);
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
    conn.established();
    Trace.adopted();
    return conn;
  }

  private static SocketConn conn(Netpoll netpoll, Descriptor d) throws SyscallException {
    UnixKind kind = d.unixKind();
    if (kind != null) {
      UnixAddr remote = UnixAddr.of(UnixSockets.network(kind), d.remoteName());
      return new UnixConn(d, netpoll.poller(), null, remote, true);
    }
    SocketSettings.DEFAULTS.apply(d);
    TcpAddr remote = TcpAddr.of(d.remoteAddr());
    boolean lingers = SocketSettings.lingers(d);
    return new TcpConn(d, netpoll.poller(), NETWORK, null, remote, lingers, true);
  }

  private static Descriptor adopt(Netpoll netpoll, Op op, int fd, boolean listening)
      throws IOException {
    try {
      return netpoll.sockets().adopt(fd, listening);
    } catch (WrongSocketException e) {
      throw OpErrors.wrongSocket(op, e);
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOSYS) {
        throw new UnsupportedOperationException(
            op.text("the backend " + netpoll.backend() + " cannot adopt descriptors"));
      }
      throw OpErrors.syscall(op, e);
    }
  }

  private static Op op(int fd) {
    return new Op(Op.FILE, FileAddr.NETWORK, null, new FileAddr(fd));
  }
}
