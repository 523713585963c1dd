package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.UnixName;
import gonet.internal.poll.Datagrams;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.unix.SocketFile;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
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
public final class UnixgramConn extends DatagramConn {
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
    Packet packet = receiveBytes(dst, limit);
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
    send("sendto", packet(src, to), limit);
    src.position(src.limit());
  }

  private Packet packet(ByteBuffer src, NetAddr to) throws IOException {
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
    return packet;
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

  // ---- descriptors -----------------------------------------------------------------------------

  /**
   * Sends a datagram to the peer, with descriptors beside it: the other side gets numbers of its
   * own for the same open files, if it asks for them by {@link #receive(Datagram, int)}, or by
   * recvmsg(2). SCM_RIGHTS: unix(7).
   *
   * @param data may be empty
   * @param descriptors numbers as the kernel counts, such as those of {@link UnixConn.Received}; 1
   *     to 253. They stay open here, and the caller's to close
   * @throws IllegalArgumentException if there is no descriptor, or there are too many
   * @throws NetSocketException EBADF if one is not open, ETOOMANYREFS if too many of this user's
   *     are on their way, ENOTCONN if there is no peer; nothing was sent then
   */
  public void sendDescriptors(byte[] data, int... descriptors) throws IOException {
    sendRights(new Packet(ByteBuffer.wrap(data)), descriptors.clone());
  }

  /**
   * As {@link #sendDescriptors(byte[], int...)}, of open connections and listeners of gonet's,
   * which stay open here: the other side shares them until this one closes them.
   */
  public void sendDescriptors(byte[] data, NetSocket... sockets) throws IOException {
    sendRights(new Packet(ByteBuffer.wrap(data)), sockets);
  }

  /**
   * As {@link #sendDescriptors(byte[], int...)}, to somebody: {@link #send(ByteBuffer, NetAddr)}.
   */
  public void sendDescriptors(byte[] data, UnixAddr to, int... descriptors) throws IOException {
    sendRights(packet(ByteBuffer.wrap(data), to), descriptors.clone());
  }

  /** As {@link #sendDescriptors(byte[], NetSocket...)}, to somebody. */
  public void sendDescriptors(byte[] data, UnixAddr to, NetSocket... sockets) throws IOException {
    sendRights(packet(ByteBuffer.wrap(data), to), sockets);
  }

  private void sendRights(Packet packet, NetSocket[] sockets) throws IOException {
    UnixConn.requireSendable(sockets.length);
    try (var duplicates = SocketDescriptor.Several.of(sockets(), sockets)) {
      sendRights(packet, duplicates.numbers());
    } catch (FDException e) {
      throw OpErrors.of(writeOp(packet), e);
    }
  }

  private void sendRights(Packet packet, int[] numbers) throws IOException {
    UnixConn.requireSendable(numbers.length);
    packet.numbers = numbers;
    send("sendmsg", packet, null);
  }

  /**
   * Receives as {@link #receive(Datagram)} does, and takes the descriptors that came beside the
   * bytes. Any other receive drops them, and the kernel closes them. Makes objects.
   *
   * {@snippet :
   * try (UnixConn.Received received = conn.receive(datagram, 1)) {
   *   Conn passed = Net.fileConn(received.descriptors().get(0)); // a duplicate: close both
   * }
   * }
   *
   * @param maxDescriptors how many are wanted, 0 to 253; the kernel closes those beyond
   * @throws IllegalArgumentException if it is out of range
   */
  public UnixConn.Received receive(Datagram into, int maxDescriptors) throws IOException {
    // While nothing can be lost yet.
    UnixConn.Received received = new UnixConn.Received(sockets(), maxDescriptors);
    boolean handedOver = false;
    into.packet.rights = received.rights;
    try {
      receive(into);
      received.bytes = into.packet.length;
      handedOver = true;
      return received;
    } finally {
      into.packet.rights = null;
      if (!handedOver) {
        received.close();
      }
    }
  }

  private Sockets sockets() throws IOException {
    return Netpolls.get(new Op(Op.SET, network(), null, null)).sockets();
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

  @Override
  public <T> UnixgramConn setOption(SocketOption<T> name, T value) throws IOException {
    set(name, value);
    return this;
  }
}
