package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.poll.Datagrams;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
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
public final class UdpConn extends SocketConn implements PacketConn, NetSocket {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  private static final FD.Use<AddrPort> LOCAL_ADDR = Descriptor::localAddr;

  private final @Nullable UdpAddr remote;
  private final @Nullable AddrPort peer;
  private final Family family;

  /** Takes over a descriptor, which is bound, or which the caller connects. */
  UdpConn(
      Descriptor descriptor,
      Poller poller,
      String network,
      Family family,
      @Nullable UdpAddr local,
      @Nullable UdpAddr remote) {
    super(descriptor, poller, false, network, local, remote, true);
    this.remote = remote;
    this.peer = remote == null ? null : remote.addrPort();
    this.family = family;
  }

  // ---- as a connection -------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    return read(buf, off, len, null);
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      return 0;
    }
    long own = readLimit();
    try {
      return Datagrams.read(fd, buf, off, len, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    if (!dst.hasRemaining()) {
      return 0;
    }
    long own = readLimit();
    try {
      return Datagrams.read(fd, dst, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void awaitReadable() throws IOException {
    awaitReadable(null);
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    long own = readLimit();
    try {
      Datagrams.awaitReadable(fd, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    write(buf, off, len, null);
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    long own = writeLimit();
    try {
      Datagrams.write(fd, buf, off, len, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(op(Op.WRITE), e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    long own = writeLimit();
    try {
      Datagrams.write(fd, src, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(op(Op.WRITE), e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    long own = writeLimit();
    try {
      Datagrams.write(fd, srcs, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(op(Op.WRITEV), e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- receiving -------------------------------------------------------------------------------

  @Override
  public UdpAddr receive(ByteBuffer dst) throws IOException {
    return receive(dst, null);
  }

  @Override
  public UdpAddr receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    Packet packet = new Packet(dst);
    receive("recvfrom", packet, limit);
    dst.position(dst.position() + packet.length);
    return UdpAddr.of(Objects.requireNonNull(packet.remote.toAddrPort()));
  }

  @Override
  public void receive(Datagram into, @Nullable TimeLimit limit) throws IOException {
    into.beforeReceive();
    boolean received = false;
    try {
      receive("recvmsg", into.packet, limit);
      into.afterReceive();
      received = true;
    } finally {
      if (!received) {
        into.receivedNothing();
      }
    }
  }

  private void receive(String call, Packet into, @Nullable TimeLimit limit) throws IOException {
    long own = readLimit();
    try {
      Datagrams.receive(fd, call, into, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int receive(DatagramBatch into, @Nullable TimeLimit limit) throws IOException {
    into.beforeReceive();
    long own = readLimit();
    try {
      return Datagrams.receive(
          fd, into.packets, into.size(), Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      into.afterReceive();
      Reference.reachabilityFence(this);
    }
  }

  // ---- sending ---------------------------------------------------------------------------------

  @Override
  public void send(ByteBuffer src, NetAddr to, @Nullable TimeLimit limit) throws IOException {
    AddrPort addrPort = to.addrPort();
    Op op = new Op(Op.WRITE, network(), localAddr(), to);
    if (addrPort == null || !to.network().equals(UdpAddr.NETWORK)) {
      throw OpErrors.wrap(
          op,
          OpErrors.badAddress(
              to.toString(), "address is of network " + to.network() + ", not udp"));
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
    requireFamily(packet);
    send("sendto", packet, limit);
    src.position(src.limit());
  }

  @Override
  public void send(Datagram datagram, @Nullable TimeLimit limit) throws IOException {
    boolean hidden = hidePeer(datagram.packet);
    try {
      requireFamily(datagram.packet);
      send("sendmsg", datagram.packet, limit);
    } finally {
      if (hidden) {
        showPeer(datagram.packet);
      }
    }
  }

  private void send(String call, Packet packet, @Nullable TimeLimit limit) throws IOException {
    long own = writeLimit();
    try {
      Datagrams.send(fd, call, packet, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(writeOp(packet.remote.toAddrPort()), e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int send(DatagramBatch batch, int off, int count, @Nullable TimeLimit limit)
      throws IOException {
    Objects.checkFromIndexSize(off, count, batch.size());
    if (count == 0) {
      throw new IllegalArgumentException("no datagram to send");
    }
    Packet[] packets = batch.packets.packets;
    int hidden = 0;
    long own = writeLimit();
    try {
      int fits = 0;
      for (; fits < count; fits++) {
        try {
          if (hidePeer(packets[off + fits])) {
            hidden = fits + 1;
          }
          requireFamily(packets[off + fits]);
        } catch (IOException e) {
          if (fits == 0) {
            throw e;
          }
          break; // the call that begins with this one tells
        }
      }
      return Datagrams.send(
          fd, batch.packets, off, fits, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(writeOp(packets[off].remote.toAddrPort()), e, limit, own);
    } finally {
      for (int i = 0; i < hidden; i++) {
        showPeer(packets[off + i]);
      }
      Reference.reachabilityFence(this);
    }
  }

  /**
   * To a connected socket the kernel takes an address as an order for this datagram alone. So one
   * that is the peer's is left out, and every other refused.
   *
   * @return whether one was left out
   */
  private boolean hidePeer(Packet packet) throws IOException {
    if (peer == null || !packet.remote.isPresent()) {
      return false;
    }
    AddrPort to = packet.remote.toAddrPort();
    if (!peer.equals(to)) {
      throw OpErrors.writeToConnected(writeOp(to));
    }
    packet.remote.clear();
    return true;
  }

  private void showPeer(Packet packet) {
    packet.remote.set(Objects.requireNonNull(peer));
  }

  /** A family that this socket has not. Go: {@code non-IPv4 address}. */
  private void requireFamily(Packet packet) throws IOException {
    if (family == Family.INET6_DUAL || !packet.remote.isPresent()) {
      return;
    }
    boolean wants4 = family == Family.INET4;
    if (packet.remote.is4() != wants4) {
      AddrPort to = Objects.requireNonNull(packet.remote.toAddrPort());
      throw OpErrors.wrap(
          writeOp(to),
          OpErrors.badAddress(
              to.addr().toString(), wants4 ? "non-IPv4 address" : "non-IPv6 address"));
    }
  }

  // ---- failures --------------------------------------------------------------------------------

  private Op writeOp(@Nullable AddrPort to) {
    return new Op(Op.WRITE, network(), localAddr(), to == null ? remote : UdpAddr.of(to));
  }

  private IOException readFailure(FDException e, @Nullable TimeLimit limit, long own) {
    return failure(Op.READ, e, limit, Clock.earlier(own, fd.readDeadline()));
  }

  private IOException writeFailure(Op op, FDException e, @Nullable TimeLimit limit, long own) {
    if (e.kind() == FDException.Kind.SYSCALL && e.errno() == Errno.ENOSYS) {
      throw new UnsupportedOperationException(op + ": not supported on this backend");
    }
    return OpErrors.of(op, e, limit, Clock.earlier(own, fd.writeDeadline()));
  }

  // ---- closing ---------------------------------------------------------------------------------

  /**
   * {@inheritDoc}
   *
   * @throws NetSocketException always, EOPNOTSUPP: datagrams have no end
   */
  @Override
  public void closeRead() throws IOException {
    throw noHalves();
  }

  /**
   * {@inheritDoc}
   *
   * @throws NetSocketException always, EOPNOTSUPP: datagrams have no end
   */
  @Override
  public void closeWrite() throws IOException {
    throw noHalves();
  }

  private IOException noHalves() {
    Op op = op(Op.CLOSE);
    return fd.closed()
        ? OpErrors.closed(op, 0)
        : OpErrors.syscall(op, "shutdown", Errno.EOPNOTSUPP, 0);
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@link #close}: nothing is to be waited for.
   */
  @Override
  public boolean closeGracefully(Duration timeout) {
    long _ = Durations.nanos(timeout, "timeout");
    close();
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@link #close}: there is no reset here.
   */
  @Override
  public void abort() {
    close("abort");
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

  // ---- time ------------------------------------------------------------------------------------

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    super.setDeadline(when);
  }

  // ---- options ---------------------------------------------------------------------------------

  /**
   * SO_RCVBUF in bytes: what waits to be received; what finds no room is lost. A hint that the
   * kernel bounds and, on Linux, doubles for its own needs. socket(7).
   *
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public void setReadBuffer(int bytes) throws IOException {
    set(Option.RECEIVE_BUFFER, SocketOptions.bufferBytes(bytes, "read buffer"));
  }

  /** SO_RCVBUF in bytes, as {@link #setReadBuffer} takes them. */
  public int readBuffer() throws IOException {
    return get(Option.RECEIVE_BUFFER);
  }

  /**
   * SO_SNDBUF in bytes: what waits to go out; beyond it a send waits. Otherwise as {@link
   * #setReadBuffer}.
   *
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public void setWriteBuffer(int bytes) throws IOException {
    set(Option.SEND_BUFFER, SocketOptions.bufferBytes(bytes, "write buffer"));
  }

  /** SO_SNDBUF in bytes, as {@link #setWriteBuffer} takes them. */
  public int writeBuffer() throws IOException {
    return get(Option.SEND_BUFFER);
  }

  /**
   * IP_TOS and IPV6_TCLASS of what is sent: six bits of DSCP, then two of ECN. RFC 2474, RFC 3168.
   *
   * @param value 0 to 255
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setTrafficClass(int value) throws IOException {
    set(Option.TRAFFIC_CLASS, SocketOptions.trafficClass(value));
  }

  /** IP_TOS or IPV6_TCLASS. */
  public int trafficClass() throws IOException {
    return get(Option.TRAFFIC_CLASS);
  }

  /**
   * IP_TTL and IPV6_UNICAST_HOPS: how many routers what is sent may pass, except to groups.
   *
   * @param hops 1 to 255
   * @throws IllegalArgumentException naming the value that is out of range
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setHopLimit(int hops) throws IOException {
    set(Option.HOP_LIMIT, SocketOptions.hopLimit(hops, 1));
  }

  /** IP_TTL or IPV6_UNICAST_HOPS. */
  public int hopLimit() throws IOException {
    return get(Option.HOP_LIMIT);
  }

  /** SO_BROADCAST: whether it may send to broadcast addresses. Default: on. */
  public void setBroadcast(boolean on) throws IOException {
    set(Option.BROADCAST, on ? 1 : 0);
  }

  /** SO_BROADCAST. */
  public boolean broadcast() throws IOException {
    return get(Option.BROADCAST) != 0;
  }

  // ---- what is told of a datagram --------------------------------------------------------------

  /**
   * Whether {@link Datagram#localAddr} and {@link Datagram#interfaceIndex} are told: IP_PKTINFO,
   * IPV6_RECVPKTINFO. A socket on a wildcard needs it to answer from the address that it was asked
   * on. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveLocalAddr(boolean on) throws IOException {
    set(Option.RECEIVE_PACKET_INFO, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#hopLimit} is told: IP_RECVTTL, IPV6_RECVHOPLIMIT. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveHopLimit(boolean on) throws IOException {
    set(Option.RECEIVE_HOP_LIMIT, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#trafficClass} and {@link Datagram#ecn} are told: IP_RECVTOS,
   * IPV6_RECVTCLASS. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveTrafficClass(boolean on) throws IOException {
    set(Option.RECEIVE_TRAFFIC_CLASS, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#timestamp} is told: SO_TIMESTAMPNS. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveTimestamp(boolean on) throws IOException {
    set(Option.RECEIVE_TIMESTAMP, on ? 1 : 0);
  }

  /**
   * Whether datagrams of one sender may be received as one, which {@link Datagram#segmentSize}
   * tells: UDP_GRO. Much cheaper where many arrive; a {@link Datagram} should have room for 64 KiB
   * then. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend, and where the kernel has it not
   */
  public void setCoalescing(boolean on) throws IOException {
    set(Option.COALESCE, on ? 1 : 0);
  }

  @Override
  public <T> UdpConn setOption(SocketOption<T> name, T value) throws IOException {
    OwnStack.requireRoom();
    SocketOptions.set(fd, name, value, this::setOp);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    OwnStack.requireRoom();
    return SocketOptions.get(fd, name, this::setOp);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    OwnStack.requireRoom();
    return SocketOptions.supported(fd, this::setOp);
  }

  /** Made for a failure alone: it asks the kernel for the local address. */
  private Op setOp() {
    return op(Op.SET);
  }

  private void set(Option option, int value) throws IOException {
    OwnStack.requireRoom();
    SocketOptions.set(fd, option, value, this::setOp);
  }

  private int get(Option option) throws IOException {
    OwnStack.requireRoom();
    return SocketOptions.get(fd, option, this::setOp);
  }
}
