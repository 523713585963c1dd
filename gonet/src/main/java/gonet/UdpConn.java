package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Packet;
import gonet.internal.backend.RawAddr;
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
 * A UDP socket. Go's {@code net.UDPConn}. udp(7).
 *
 * <p><b>Connected</b> ({@link Net#dial}): it hears its peer alone, and {@link #write} needs no
 * address. What ICMP tells of it, such as that nobody listens there (ECONNREFUSED), fails the next
 * call of either direction, once. A send to an address of its own fails. <b>Unconnected</b> ({@link
 * Net#listenPacket}): it hears everybody; a write without an address fails with EDESTADDRREQ; there
 * is no {@link #remoteAddr}.
 *
 * <p><b>As a {@link Conn}</b> each read takes one datagram and drops what does not fit; each write
 * is one datagram, also of several buffers and also of none: a write of nothing sends an empty
 * datagram. An empty datagram reads as 0; there is no end of stream. A read for no bytes returns at
 * once and takes nothing. There are no halves to close: {@link #closeRead} and {@link #closeWrite}
 * fail, and {@link #closeGracefully} and {@link #abort} are {@link #close}.
 *
 * <p>SO_BROADCAST is on. With the nio backend an empty datagram cannot be written to a peer, and
 * nothing is known of a datagram but its bytes, its length and its sender.
 *
 * @since 0.1
 */
public final class UdpConn extends UdpOptions {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  private static final FD.Use<AddrPort> LOCAL_ADDR = Descriptor::localAddr;

  private final @Nullable UdpAddr remote;

  /** The same; it never changes, and so is anybody's to read. */
  private final @Nullable RawAddr peer;

  /** Takes over a descriptor, which is bound, or which the caller connects. */
  UdpConn(
      Descriptor descriptor,
      Poller poller,
      String network,
      Family family,
      @Nullable UdpAddr local,
      @Nullable UdpAddr remote) {
    super(descriptor, poller, network, family, local, remote);
    this.remote = remote;
    this.peer = remote == null ? null : raw(remote.addrPort());
  }

  private static RawAddr raw(AddrPort addrPort) {
    RawAddr made = new RawAddr();
    made.set(addrPort);
    return made;
  }

  // ---- receiving -------------------------------------------------------------------------------

  @Override
  public UdpAddr receive(ByteBuffer dst) throws IOException {
    return receive(dst, null);
  }

  @Override
  public UdpAddr receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    Packet packet = receiveBytes(dst, limit);
    return UdpAddr.of(Objects.requireNonNull(packet.remote.toAddrPort()));
  }

  // ---- sending ---------------------------------------------------------------------------------

  @Override
  public void send(ByteBuffer src, NetAddr to, @Nullable TimeLimit limit) throws IOException {
    AddrPort addrPort = to.addrPort();
    Op op = new Op(Op.WRITE, network(), localAddr(), to);
    if (addrPort == null || !to.network().equals(UdpAddr.NETWORK)) {
      throw notOfNetwork(op, to, UdpAddr.NETWORK);
    }
    UdpAddr udp = to instanceof UdpAddr known ? known : UdpAddr.of(addrPort);
    send(src, udp.toLocal(network()), limit);
  }

  /** As {@link #send(ByteBuffer, NetAddr)}. Go: {@code WriteToUDPAddrPort}. */
  public void send(ByteBuffer src, AddrPort to) throws IOException {
    send(src, to, null);
  }

  private void send(ByteBuffer src, AddrPort to, @Nullable TimeLimit limit) throws IOException {
    if (peer != null) {
      throw OpErrors.writeToConnected(writeOp(to));
    }
    Packet packet = new Packet(src);
    packet.remote.set(to);
    send("sendto", packet, limit);
    src.position(src.limit());
  }

  @Override
  boolean beforeSend(Packet packet) throws IOException {
    UnixName name = packet.remoteName;
    if (name != null) {
      UnixAddr to = UnixAddr.of(UnixAddr.DATAGRAM, name);
      throw notOfNetwork(new Op(Op.WRITE, network(), localAddr(), to), to, UdpAddr.NETWORK);
    }
    RawAddr way = packet.remote.isPresent() || peer == null ? packet.remote : peer;
    requireSource(packet, way.isPresent() ? way.is4() : family == Family.INET4);
    if (peer == null || !packet.remote.isPresent()) {
      requireFamily(packet);
      return false;
    }
    if (!packet.remote.same(peer)) {
      throw OpErrors.writeToConnected(writeOp(packet));
    }
    packet.remote.clear();
    return true;
  }

  @Override
  void afterSend(Packet packet) {
    packet.remote.set(Objects.requireNonNull(peer));
  }

  /** A family that this socket has not. */
  private void requireFamily(Packet packet) throws IOException {
    if (family == Family.INET6_DUAL || !packet.remote.isPresent()) {
      return;
    }
    boolean wants4 = family == Family.INET4;
    if (packet.remote.is4() != wants4) {
      AddrPort to = Objects.requireNonNull(packet.remote.toAddrPort());
      throw notOfFamily(writeOp(to), to.addr(), wants4);
    }
  }

  @Override
  Op writeOp(Packet packet) {
    return writeOp(packet.remote.toAddrPort());
  }

  private Op writeOp(@Nullable AddrPort to) {
    return new Op(Op.WRITE, network(), localAddr(), to == null ? remote : UdpAddr.of(to));
  }

  // ---- addresses -------------------------------------------------------------------------------

  /** Whether it has a peer, the one at {@link #remoteAddr}. */
  public boolean isConnected() {
    return peer != null;
  }

  @Override
  public UdpAddr localAddr() {
    return (UdpAddr) super.localAddr();
  }

  /** {@inheritDoc} Where there is none, {@code :0} stands for it. */
  @Override
  public UdpAddr remoteAddr() {
    return remote != null ? remote : UdpAddr.ofPort(0);
  }

  @Override
  @Nullable NetAddr peer() {
    return remote;
  }

  @Override
  NetAddr askLocalAddr() {
    try {
      return UdpAddr.of(fd.use(LOCAL_ADDR));
    } catch (FDException e) {
      Addr any = family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
      return UdpAddr.of(AddrPort.of(any, 0));
    }
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public <T> UdpConn setOption(SocketOption<T> name, T value) throws IOException {
    set(name, value);
    return this;
  }
}
