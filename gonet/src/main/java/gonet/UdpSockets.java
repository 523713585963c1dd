package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens UDP sockets: in which order the calls go. Go's {@code listenUDP}, {@code dialUDP}. */
final class UdpSockets {
  private UdpSockets() {}

  // ---- listen ----------------------------------------------------------------------------------

  /** A socket on {@code local}; for a wildcard of both families IPv4 alone where IPv6 is off. */
  static UdpConn listen(ListenConfig config, String network, UdpAddr local) throws IOException {
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

  private static UdpConn listen(
      Netpoll netpoll, Family family, ListenConfig config, Op op, UdpAddr local)
      throws IOException, SyscallException {
    Descriptor d = netpoll.sockets().openUdp(family);
    try {
      OpErrors.initialize(); // while there are descriptors to load classes with
      boolean group = local.hasHost() && local.addr().isMulticast();
      if (group) {
        d.setOption(Option.REUSE_ADDR, 1);
      }
      if (config.reusePort()) {
        d.setOption(Option.REUSE_PORT, 1);
      }
      config.settings().applyToUdp(d);
      var _ = config.settings().control(d, op, InetSockets.specific("udp", family), local);
      d.bind(group ? wildcard(family, local.port()) : InetSockets.bindAddr(family, local));
      UdpAddr addr = UdpAddr.of(d.localAddr());
      return new UdpConn(d, netpoll.poller(), op.network(), family, addr, null);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  /**
   * In the place of a group: several sockets may have one group and one port, and one socket
   * several groups. Go does the same.
   */
  private static AddrPort wildcard(Family family, int port) {
    Addr any = family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
    return AddrPort.of(any, port);
  }

  // ---- dial ------------------------------------------------------------------------------------

  /** How one address is dialled, by {@code udp}, {@code udp4} or {@code udp6}. */
  record Dial(SocketSettings settings, String network, @Nullable UdpAddr local)
      implements SocketDial<UdpAddr, UdpConn> {

    /** {@inheritDoc} Nothing goes over the network, and there is nothing to wait for. */
    @Override
    public void connect(FD fd, UdpAddr remote, long limit) throws FDException {
      fd.connect(InetSockets.target(network, remote), limit);
    }

    @Override
    public UdpConn open(Netpoll netpoll, Op op, UdpAddr remote) throws IOException {
      Family family = InetSockets.dialFamily(network, local, remote);
      Descriptor d;
      try {
        d = netpoll.sockets().openUdp(family);
      } catch (SyscallException e) {
        throw OpErrors.syscall(op, e);
      }
      try {
        settings.applyToUdp(d);
        var _ = settings.control(d, op, InetSockets.specific("udp", family), remote);
        if (local != null) {
          d.bind(InetSockets.bindAddr(family, local));
        }
        UdpAddr to = UdpAddr.of(InetSockets.target(network, remote));
        return new UdpConn(d, netpoll.poller(), network, family, null, to);
      } catch (SyscallException e) {
        d.close();
        throw OpErrors.syscall(op, e);
      } catch (Throwable t) {
        d.close();
        throw t;
      }
    }

    @Override
    public Op op(UdpAddr remote) {
      return new Op(Op.DIAL, network, local, remote);
    }
  }
}
