package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Packet;
import gonet.internal.backend.RawAddr;
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
public final class UdpConn extends UdpOptions implements PacketConn {
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
    if (!packet.remote.same(peer)) {
      throw OpErrors.writeToConnected(writeOp(packet.remote.toAddrPort()));
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
}
