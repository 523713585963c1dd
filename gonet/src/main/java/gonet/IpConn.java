package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.UnixName;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A raw IP socket: packets of one protocol of IP, such as ICMP, below TCP and UDP. Go's {@code
 * net.IPConn}. The process needs CAP_NET_RAW, which root has; otherwise opening one fails with
 * EPERM. raw(7).
 *
 * <p>What is received and sent is the payload. One exception is as in Go: a {@code read} of IPv4
 * begins with the IP header, while {@code receive} leaves it out. Each packet also goes to every
 * other socket of its protocol, and to the kernel's own part of it.
 *
 * <p>Connected or not, and as a {@link Conn}, it is as {@link UdpConn}; with the nio backend there
 * are none.
 *
 * @since 0.1
 */
public final class IpConn extends DatagramConn {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  private static final FD.Use<AddrPort> LOCAL_ADDR = Descriptor::localAddr;

  private final Family family;
  private final @Nullable IpAddr remote;

  IpConn(
      Descriptor descriptor,
      Poller poller,
      String network,
      Family family,
      @Nullable IpAddr local,
      @Nullable IpAddr remote) {
    super(descriptor, poller, network, local, remote);
    this.family = family;
    this.remote = remote;
  }

  @Override
  public IpAddr receive(ByteBuffer dst) throws IOException {
    return receive(dst, null);
  }

  @Override
  public IpAddr receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    Packet packet = receiveBytes(dst, limit);
    return IpAddr.of(Objects.requireNonNull(packet.remote.toAddrPort()).addr());
  }

  /**
   * {@inheritDoc}
   *
   * @param to an {@link IpAddr}
   */
  @Override
  public void send(ByteBuffer src, NetAddr to, @Nullable TimeLimit limit) throws IOException {
    Op op = new Op(Op.WRITE, network(), localAddr(), to);
    if (!(to instanceof IpAddr ip)) {
      throw notOfNetwork(op, to, IpAddr.NETWORK);
    }
    if (remote != null) {
      throw OpErrors.writeToConnected(op);
    }
    Packet packet = new Packet(src);
    packet.remote.set(ip.addrPort());
    send("sendto", packet, limit);
    src.position(src.limit());
  }

  @Override
  boolean beforeSend(Packet packet) throws IOException {
    UnixName name = packet.remoteName;
    if (name != null) {
      throw notOfNetwork(writeOp(packet), UnixAddr.of(UnixAddr.DATAGRAM, name), IpAddr.NETWORK);
    }
    boolean wants4 = family == Family.INET4;
    requireSource(packet, wants4);
    AddrPort to = packet.remote.toAddrPort();
    if (to == null) {
      return false;
    }
    if (to.addr().is4() != wants4) {
      throw notOfFamily(writeOp(packet), to.addr(), wants4);
    }
    if (remote == null) {
      // A port would be taken for a protocol: raw(7).
      packet.remote.set(AddrPort.of(to.addr(), 0));
      return false;
    }
    if (!to.addr().equals(remote.addr())) {
      throw OpErrors.writeToConnected(writeOp(packet));
    }
    packet.remote.clear();
    return true;
  }

  @Override
  void afterSend(Packet packet) {
    packet.remote.set(remoteAddr().addrPort());
  }

  @Override
  Op writeOp(Packet packet) {
    AddrPort to = packet.remote.toAddrPort();
    return new Op(Op.WRITE, network(), localAddr(), to == null ? remote : IpAddr.of(to.addr()));
  }

  // ---- addresses -------------------------------------------------------------------------------

  /** Whether it has a peer, the one at {@link #remoteAddr}. */
  public boolean isConnected() {
    return remote != null;
  }

  @Override
  public IpAddr localAddr() {
    return (IpAddr) super.localAddr();
  }

  /** {@inheritDoc} Where there is none, the unspecified address. */
  @Override
  public IpAddr remoteAddr() {
    return remote != null ? remote : unspecified();
  }

  @Override
  @Nullable NetAddr peer() {
    return remote;
  }

  @Override
  NetAddr askLocalAddr() {
    try {
      return IpAddr.of(fd.use(LOCAL_ADDR).addr());
    } catch (FDException e) {
      return unspecified();
    }
  }

  private IpAddr unspecified() {
    return IpAddr.of(family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified());
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public <T> IpConn setOption(SocketOption<T> name, T value) throws IOException {
    set(name, value);
    return this;
  }
}
