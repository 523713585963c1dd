package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.internal.dial.Attempt;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Opens TCP sockets: which family for which network and address, and in which order the calls go.
 * Go's {@code internetSocket}, {@code favoriteAddrFamily} and {@code dialTCP}.
 */
final class TcpSockets {

  /** Go's number: more than three sockets for one attempt would hide a real lack of ports. */
  private static final int RETRIES = 2;

  private TcpSockets() {}

  // ---- listen ----------------------------------------------------------------------------------

  /** A listener on {@code local}; for a wildcard of both families IPv4 alone where IPv6 is off. */
  static TcpListener listen(ListenConfig config, String network, TcpAddr local) throws IOException {
    Op op = new Op(Op.LISTEN, network, null, local);
    Netpoll netpoll = Netpolls.get(op);
    Family family = InetSockets.listenFamily(netpoll.sockets(), network, local);
    try {
      return listen(netpoll, family, config, op, local);
    } catch (SyscallException e) {
      if (family == Family.INET6_DUAL && local.isWildcard() && InetSockets.lacksIpv6(e.errno())) {
        try {
          return listen(netpoll, Family.INET4, config, op, local);
        } catch (SyscallException second) {
          throw OpErrors.syscall(op, second);
        }
      }
      throw OpErrors.syscall(op, e);
    }
  }

  private static TcpListener listen(
      Netpoll netpoll, Family family, ListenConfig config, Op op, TcpAddr local)
      throws IOException, SyscallException {
    Descriptor d = config.settings().openTcp(netpoll.sockets(), family);
    try {
      boolean lingers = bind(d, family, config, op, local);
      return listen(netpoll, d, config, op.network(), lingers);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  /** Whether it lingers. */
  private static boolean bind(
      Descriptor d, Family family, ListenConfig config, Op op, TcpAddr local)
      throws IOException, SyscallException {
    d.setOption(Option.REUSE_ADDR, 1);
    if (config.reusePort()) {
      d.setOption(Option.REUSE_PORT, 1);
    }
    boolean lingers = config.settings().control(d, op, InetSockets.specific("tcp", family), local);
    d.bind(InetSockets.bindAddr(family, local));
    return lingers;
  }

  /** A socket that is bound, and no more. */
  static BoundTcpSocket bind(ListenConfig config, String network, TcpAddr local)
      throws IOException {
    Op op = new Op(Op.LISTEN, network, null, local);
    Netpoll netpoll = Netpolls.get(op);
    Family family = InetSockets.listenFamily(netpoll.sockets(), network, local);
    Descriptor d;
    try {
      d = config.settings().openTcp(netpoll.sockets(), family);
    } catch (SyscallException e) {
      throw OpErrors.syscall(op, e);
    }
    try {
      if (local.port() == 0 && d.number() < 0) { // whose channel is another when it listens
        throw OpErrors.wrap(
            op,
            OpErrors.badAddress(
                local.toString(), "a port of the system's choice: not supported on this backend"));
      }
      boolean lingers = bind(d, family, config, op, local);
      TcpAddr addr = TcpAddr.of(d.localAddr());
      return new BoundTcpSocket(netpoll, config, network, d, addr, lingers);
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  /** Listens on a socket that is bound, which a failure closes. */
  static TcpListener listen(
      Netpoll netpoll,
      Descriptor d,
      ListenConfig config,
      String network,
      TcpAddr local,
      boolean lingers)
      throws IOException {
    try {
      return listen(netpoll, d, config, network, lingers);
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(new Op(Op.LISTEN, network, null, local), e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  private static TcpListener listen(
      Netpoll netpoll, Descriptor d, ListenConfig config, String network, boolean lingers)
      throws SyscallException {
    int backlog = config.backlog();
    d.listen(backlog == ListenConfig.LONGEST_BACKLOG ? netpoll.sockets().maxBacklog() : backlog);
    TcpAddr addr = TcpAddr.of(d.localAddr());
    return new TcpListener(d, netpoll.poller(), network, addr, lingers);
  }

  // ---- dial ------------------------------------------------------------------------------------

  /** How one address is dialled, by {@code tcp}, {@code tcp4} or {@code tcp6}. */
  record Dial(SocketSettings settings, String network, @Nullable TcpAddr local)
      implements SocketDial<TcpAddr, TcpConn> {

    @Override
    public TcpConn connect(TcpAddr remote, long limit, Attempt attempt) throws IOException {
      Op op = op(remote);
      Netpoll netpoll = Netpolls.get(op);
      boolean portIsFree = local == null || local.port() == 0;
      for (int tries = 0; ; tries++) {
        TcpConn conn = open(netpoll, op, remote);
        try {
          establish(conn, remote, limit, attempt);
        } catch (FDException e) {
          boolean unlucky = portIsFree && tries < RETRIES && e.errno() == Errno.EADDRNOTAVAIL;
          if (unlucky && !attempt.ended()) {
            continue; // the port chosen for us is already connected to that address
          }
          throw failed(remote, e, attempt);
        }
        // Dialing a port of the ephemeral range that nobody listens on, the kernel may choose that
        // very port for our end: a simultaneous open with ourselves succeeds (RFC 9293, 3.5).
        if (!portIsFree || !conn.localAddr().equals(conn.remoteAddr())) {
          return conn;
        }
        conn.abort(); // close would keep the port in TIME_WAIT, which its server may want to use
        if (tries == RETRIES) {
          throw OpErrors.syscall(op, "connect", Errno.ECONNREFUSED, 0); // nobody listens there
        }
      }
    }

    @Override
    public void connect(FD fd, TcpAddr remote, long limit) throws FDException {
      fd.connect(InetSockets.target(network, remote), limit);
    }

    @Override
    public TcpConn open(Netpoll netpoll, Op op, TcpAddr remote) throws IOException {
      Family family = InetSockets.dialFamily(network, local, remote);
      Descriptor d;
      try {
        d = settings.openTcp(netpoll.sockets(), family);
      } catch (SyscallException e) {
        throw OpErrors.syscall(op, e);
      }
      try {
        boolean lingers = settings.control(d, op, InetSockets.specific("tcp", family), remote);
        if (local != null) {
          d.bind(InetSockets.bindAddr(family, local));
        }
        TcpAddr to = TcpAddr.of(InetSockets.target(network, remote));
        return new TcpConn(d, netpoll.poller(), network, null, to, lingers, true);
      } catch (SyscallException e) {
        d.close();
        throw OpErrors.syscall(op, e);
      } catch (Throwable t) {
        d.close();
        throw t;
      }
    }

    @Override
    public Op op(TcpAddr remote) {
      return new Op(Op.DIAL, network, local, remote);
    }
  }
}
