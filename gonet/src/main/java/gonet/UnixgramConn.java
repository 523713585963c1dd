package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.UnixName;
import gonet.internal.poll.Datagrams;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.OwnStack;
import gonet.internal.unix.SocketFile;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket for datagrams, the network {@code unixgram}: messages between processes of one
 * machine, without connections. None is lost and none overtakes another; where the receiver's queue
 * is full a send waits. Go's {@code net.UnixConn} of that network. unix(7).
 *
 * <p><b>Connected</b> ({@link Net#dial}): {@link #write} needs no address, and a send to an address
 * of its own fails. It has no name unless its {@link Dialer} had a local address, and without one
 * nobody can answer. <b>Unconnected</b> ({@link Net#listenPacket}): it hears everybody; a write
 * without an address fails with ENOTCONN; {@link #remoteAddr} has no name.
 *
 * <p><b>As a {@link Conn}</b> it is as {@link UdpConn}: each read takes one datagram and drops what
 * does not fit, each write is one, an empty one reads as 0, there is no end of stream, and there
 * are no halves to close.
 *
 * <p>With the nio backend there are none: {@link NetAddressException}.
 *
 * @since 0.1
 */
public final class UnixgramConn extends DatagramConn implements NetSocket {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  private static final FD.Use<UnixName> LOCAL_NAME = Descriptor::localName;

  /** Null if this has no peer. */
  private final @Nullable UnixAddr remote;

  /** What the first close removes, if it is to; empty from then on. */
  private final AtomicReference<@Nullable SocketFile> file;

  private volatile boolean unlinkOnClose;

  /**
   * Takes over a descriptor, which is bound, or which the caller connects.
   *
   * @param local null to ask the kernel when somebody wants to know; not without a peer
   */
  UnixgramConn(
      Descriptor descriptor,
      Poller poller,
      @Nullable UnixAddr local,
      @Nullable UnixAddr remote,
      @Nullable SocketFile file) {
    super(descriptor, poller, UnixAddr.DATAGRAM, local, remote);
    this.remote = remote;
    this.file = new AtomicReference<>(file);
  }

  // ---- receiving -------------------------------------------------------------------------------

  /** {@inheritDoc} A sender may have no name: {@link UnixAddr#isUnnamed}. */
  @Override
  public UnixAddr receive(ByteBuffer dst) throws IOException {
    return receive(dst, null);
  }

  @Override
  public UnixAddr receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    Packet packet = new Packet(dst);
    receive("recvfrom", packet, limit);
    dst.position(dst.position() + packet.length);
    UnixName name = packet.remoteName;
    return UnixAddr.of(UnixAddr.DATAGRAM, name == null ? UnixName.UNNAMED : name);
  }

  // ---- sending ---------------------------------------------------------------------------------

  /**
   * {@inheritDoc}
   *
   * @throws NetSocketException also ENOENT if there is no such name, ECONNREFUSED if nobody has it
   *     any more, EPROTOTYPE if it is one of a stream
   */
  @Override
  public void send(ByteBuffer src, NetAddr to, @Nullable TimeLimit limit) throws IOException {
    Op op = new Op(Op.WRITE, network(), localAddr(), to);
    if (!(to instanceof UnixAddr unix) || !to.network().equals(UnixAddr.DATAGRAM)) {
      throw notOfNetwork(op, to, UnixAddr.DATAGRAM);
    }
    if (remote != null) {
      throw OpErrors.writeToConnected(op);
    }
    if (unix.isUnnamed()) {
      throw OpErrors.wrap(op, OpErrors.badAddress("", AddressList.MISSING));
    }
    Packet packet = new Packet(src);
    packet.remoteName = unix.unixName();
    send("sendto", packet, limit);
    src.position(src.limit());
  }

  @Override
  void send(String call, Packet packet, long limit) throws FDException {
    if (packet.remoteName == null) {
      Datagrams.send(fd, call, packet, limit);
    } else {
      Datagrams.sendSomewhere(fd, call, packet, limit);
    }
  }

  @Override
  int send(DatagramBatch batch, int off, int count, long limit) throws FDException {
    return remote == null
        ? Datagrams.sendSomewhere(fd, batch.packets, off, count, limit)
        : Datagrams.send(fd, batch.packets, off, count, limit);
  }

  @Override
  boolean beforeSend(Packet packet) throws IOException {
    AddrPort ip = packet.remote.toAddrPort();
    if (ip != null) {
      throw notOfNetwork(writeOp(packet), UdpAddr.of(ip), UnixAddr.DATAGRAM);
    }
    UnixName to = packet.remoteName;
    if (remote == null || to == null) {
      return false;
    }
    if (!to.equals(remote.unixName())) {
      throw OpErrors.writeToConnected(writeOp(packet));
    }
    packet.remoteName = null;
    return true;
  }

  @Override
  void afterSend(Packet packet) {
    packet.remoteName = remoteAddr().unixName();
  }

  @Override
  Op writeOp(Packet packet) {
    UnixName to = packet.remoteName;
    return new Op(
        Op.WRITE, network(), localAddr(), to == null ? remote : UnixAddr.of(UnixAddr.DATAGRAM, to));
  }

  // ---- closing ---------------------------------------------------------------------------------

  /**
   * Whether {@link #close} removes the path that {@link Net#listenPacket} has made. False unless
   * this is called, as in Go; the next one to listen there removes it first, or has {@link
   * ListenConfig#withReplaceStalePath}.
   *
   * @param on no effect where this has made no path
   */
  public void setUnlinkOnClose(boolean on) {
    unlinkOnClose = on;
  }

  @Override
  void closing() {
    SocketFile made = file.getAndSet(null);
    if (made != null && unlinkOnClose) {
      var _ = made.remove();
    }
  }

  // ---- addresses -------------------------------------------------------------------------------

  /** Whether it has a peer, the one at {@link #remoteAddr}. */
  public boolean isConnected() {
    return remote != null;
  }

  @Override
  public UnixAddr localAddr() {
    return (UnixAddr) super.localAddr();
  }

  /** {@inheritDoc} Where there is none, it has no name. */
  @Override
  public UnixAddr remoteAddr() {
    return remote != null ? remote : UnixAddr.of(UnixAddr.DATAGRAM, UnixName.UNNAMED);
  }

  @Override
  @Nullable NetAddr peer() {
    return remote;
  }

  @Override
  NetAddr askLocalAddr() {
    try {
      return UnixAddr.of(UnixAddr.DATAGRAM, fd.use(LOCAL_NAME));
    } catch (FDException e) {
      return UnixAddr.of(UnixAddr.DATAGRAM, UnixName.UNNAMED);
    }
  }

  // ---- options ---------------------------------------------------------------------------------

  /**
   * SO_RCVBUF in bytes. On Linux without effect for Unix sockets: the sender's buffer counts, and
   * the number of datagrams that wait (net.unix.max_dgram_qlen).
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
   * SO_SNDBUF in bytes: what may be sent and not be received yet, and the longest datagram; a hint
   * that the kernel bounds and, on Linux, doubles for its own needs. unix(7).
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

  @Override
  public <T> UnixgramConn setOption(SocketOption<T> name, T value) throws IOException {
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
