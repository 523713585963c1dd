package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.internal.flight.Trace;
import gonet.internal.layer.Adoption;
import gonet.internal.layer.Processes;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;

/**
 * Makes listeners, connections and sockets for datagrams of descriptors that the process has
 * already. Go's {@code FileListener}, {@code FileConn} and {@code FilePacketConn}.
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

  /** Those that keep the options which another process of the same program has set. */
  static final class AsTheyAre implements Adoption<Listener, Conn> {
    @Override
    public Listener listener(int descriptor) throws IOException {
      return FileSockets.listener(descriptor, false);
    }

    @Override
    public Conn conn(int descriptor) throws IOException {
      return FileSockets.conn(descriptor, false);
    }
  }

  /** The processes of this machine. */
  record Around(Sockets sockets) implements Processes {
    @Override
    public long own() {
      return sockets.processId();
    }

    @Override
    public boolean awaitEnd(long pid, Duration limit) throws InterruptedException {
      return sockets.awaitProcessEnd(pid, Durations.nanos(limit, "limit"));
    }
  }

  static Listener listener(int fd) throws IOException {
    return listener(fd, true);
  }

  private static Listener listener(int fd, boolean defaults) throws IOException {
    Op op = op(fd);
    Netpoll netpoll = Netpolls.get(op);
    Descriptor d = adopt(netpoll, op, fd, Kind.LISTENER);
    try {
      UnixKind kind = d.unixKind();
      if (kind != null) {
        UnixAddr addr = UnixAddr.of(UnixSockets.network(kind), d.localName());
        return new UnixListener(d, netpoll.poller(), addr, null); // whose path is not its own
      }
      if (defaults) { // on the listener, from which accepted connections inherit: ListenConfig's
        SocketSettings.DEFAULTS.apply(d);
      }
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
    return conn(fd, true);
  }

  private static Conn conn(int fd, boolean defaults) throws IOException {
    Op op = op(fd);
    Netpoll netpoll = Netpolls.get(op);
    Descriptor d = adopt(netpoll, op, fd, Kind.CONNECTION);
    SocketConn conn;
    try {
      conn = conn(netpoll, d, defaults);
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

  private static SocketConn conn(Netpoll netpoll, Descriptor d, boolean defaults)
      throws SyscallException {
    UnixKind kind = d.unixKind();
    if (kind != null) {
      UnixAddr remote = UnixAddr.of(UnixSockets.network(kind), d.remoteName());
      return new UnixConn(d, netpoll.poller(), null, remote, true);
    }
    if (defaults) {
      SocketSettings.DEFAULTS.apply(d);
    }
    TcpAddr remote = TcpAddr.of(d.remoteAddr());
    boolean lingers = SocketSettings.lingers(d);
    return new TcpConn(d, netpoll.poller(), NETWORK, null, remote, lingers, true);
  }

  static PacketConn packetConn(int fd) throws IOException {
    Op op = op(fd);
    Netpoll netpoll = Netpolls.get(op);
    Descriptor d = adopt(netpoll, op, fd, Kind.PACKETS);
    try {
      return d.unixKind() == null ? udp(netpoll, d) : unixgram(netpoll, d);
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  private static UdpConn udp(Netpoll netpoll, Descriptor d) throws SyscallException {
    UdpAddr remote;
    try {
      remote = UdpAddr.of(d.remoteAddr());
    } catch (SyscallException e) {
      remote = null; // it is not connected
    }
    UdpAddr local = UdpAddr.of(d.localAddr());
    return new UdpConn(d, netpoll.poller(), UdpAddr.NETWORK, family(d), local, remote);
  }

  private static Family family(Descriptor d) {
    try {
      return d.getOption(Option.V6_ONLY) == 0 ? Family.INET6_DUAL : Family.INET6_ONLY;
    } catch (SyscallException e) {
      return Family.INET4; // which has no such option
    }
  }

  private static UnixgramConn unixgram(Netpoll netpoll, Descriptor d) throws SyscallException {
    UnixAddr remote;
    try {
      remote = UnixAddr.of(UnixAddr.DATAGRAM, d.remoteName());
    } catch (SyscallException e) {
      remote = null; // it is not connected
    }
    UnixAddr local = UnixAddr.of(UnixAddr.DATAGRAM, d.localName());
    return new UnixgramConn(d, netpoll.poller(), local, remote, null); // whose path is not its own
  }

  /** What a descriptor must be. */
  private enum Kind {
    LISTENER,
    CONNECTION,
    PACKETS
  }

  private static Descriptor adopt(Netpoll netpoll, Op op, int fd, Kind kind) throws IOException {
    try {
      return kind == Kind.PACKETS
          ? netpoll.sockets().adoptPackets(fd)
          : netpoll.sockets().adopt(fd, kind == Kind.LISTENER);
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
