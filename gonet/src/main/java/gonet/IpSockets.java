package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.netip.AddrPort;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens raw IP sockets: in which order the calls go. Go's {@code listenIP}, {@code dialIP}. */
final class IpSockets {
  private IpSockets() {}

  static IpConn listen(ListenConfig config, IpNetwork network, IpAddr local) throws IOException {
    Op op = new Op(Op.LISTEN, network.name(), null, local);
    Netpoll netpoll = Netpolls.get(op);
    Family family = IpNetwork.socketFamily(local);
    Descriptor d = open(netpoll, op, network, family);
    try {
      config.settings().applyToUdp(d);
      var _ = config.settings().control(d, op, network.name(), local);
      d.bind(local.addrPort());
      return new IpConn(d, netpoll.poller(), network.name(), family, local, null);
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  /** How one address is dialled. */
  record Dial(SocketSettings settings, IpNetwork network, @Nullable IpAddr local)
      implements SocketDial<IpAddr, IpConn> {

    @Override
    public void connect(FD fd, IpAddr remote, long limit) throws FDException {
      fd.connect(remote.addrPort(), limit);
    }

    @Override
    public IpConn open(Netpoll netpoll, Op op, IpAddr remote) throws IOException {
      Family family = IpNetwork.socketFamily(remote);
      Descriptor d = IpSockets.open(netpoll, op, network, family);
      try {
        settings.applyToUdp(d);
        var _ = settings.control(d, op, network.name(), remote);
        if (local != null) {
          d.bind(AddrPort.of(local.addr(), 0));
        }
        return new IpConn(d, netpoll.poller(), network.name(), family, null, remote);
      } catch (SyscallException e) {
        d.close();
        throw OpErrors.syscall(op, e);
      } catch (Throwable t) {
        d.close();
        throw t;
      }
    }

    @Override
    public Op op(IpAddr remote) {
      return new Op(Op.DIAL, network.name(), local, remote);
    }
  }

  private static Descriptor open(Netpoll netpoll, Op op, IpNetwork network, Family family)
      throws IOException {
    try {
      return netpoll.sockets().openRaw(family, network.protocol());
    } catch (SyscallException e) {
      if (e.errno() == Errno.EPROTONOSUPPORT) {
        throw OpErrors.wrap(
            op, OpErrors.unsupportedNetwork(network.name(), "not supported on this backend"));
      }
      throw OpErrors.syscall(op, e);
    }
  }
}
