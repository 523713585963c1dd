package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.RawAddr;
import gonet.internal.poll.Datagrams;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import gonet.netip.Addr;
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

/** A socket for datagrams, whatever their addresses are: as a connection, and by packet. */
abstract sealed class DatagramConn extends SocketConn implements PacketConn, NetSocket
    permits UdpOptions, UnixgramConn, IpConn {

  DatagramConn(
      Descriptor descriptor,
      Poller poller,
      String network,
      @Nullable NetAddr local,
      @Nullable NetAddr remote) {
    super(descriptor, poller, false, network, local, remote, true);
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

  final void receive(String call, Packet into, @Nullable TimeLimit limit) throws IOException {
    long own = readLimit();
    try {
      Datagrams.receive(fd, call, into, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw readFailure(e, limit, own);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Receives the bytes of one into what {@code dst} has remaining. What comes back has no more. */
  final Packet receiveBytes(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    Packet packet = new Packet(dst);
    receive("recvfrom", packet, limit);
    dst.position(dst.position() + packet.length);
    return packet;
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

  /**
   * Refuses a packet that this socket cannot send. To a connected socket the kernel takes an
   * address as an order for this datagram alone; so one that is the peer's is taken out, and every
   * other refused.
   *
   * @return whether an address was taken out, which {@link #afterSend} puts back
   */
  abstract boolean beforeSend(Packet packet) throws IOException;

  /**
   * Refuses a source of the other family than the way it is to take: of its bytes the kernel would
   * make an address that nobody has meant.
   */
  final void requireSource(Packet packet, boolean wants4) throws IOException {
    RawAddr source = packet.source;
    if (source.isPresent() && source.is4() != wants4) {
      Addr from = Objects.requireNonNull(source.toAddrPort()).addr();
      throw notOfFamily(writeOp(packet), from, wants4);
    }
  }

  /** An address of a family that is not to be used here. Go: {@code non-IPv4 address}. */
  static IOException notOfFamily(Op op, Addr addr, boolean wants4) {
    return OpErrors.wrap(
        op, OpErrors.badAddress(addr.toString(), wants4 ? "non-IPv4 address" : "non-IPv6 address"));
  }

  /** Puts the peer's address back. */
  abstract void afterSend(Packet packet);

  /** The write of this packet. */
  abstract Op writeOp(Packet packet);

  @Override
  public void send(Datagram datagram, @Nullable TimeLimit limit) throws IOException {
    send("sendmsg", datagram.packet, limit);
  }

  final void send(String call, Packet packet, @Nullable TimeLimit limit) throws IOException {
    boolean takenOut = beforeSend(packet);
    long own = writeLimit();
    try {
      send(call, packet, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(writeOp(packet), e, limit, own);
    } finally {
      if (takenOut) {
        afterSend(packet);
      }
      Reference.reachabilityFence(this);
    }
  }

  /** The one datagram. */
  void send(String call, Packet packet, long limit) throws FDException {
    Datagrams.send(fd, call, packet, limit);
  }

  @Override
  public int send(DatagramBatch batch, int off, int count, @Nullable TimeLimit limit)
      throws IOException {
    Objects.checkFromIndexSize(off, count, batch.size());
    if (count == 0) {
      throw new IllegalArgumentException("no datagram to send");
    }
    Packet[] packets = batch.packets.packets;
    int takenOut = 0;
    long own = writeLimit();
    try {
      int fits = 0;
      for (; fits < count; fits++) {
        try {
          if (beforeSend(packets[off + fits])) {
            takenOut = fits + 1;
          }
        } catch (IOException e) {
          if (fits == 0) {
            throw e;
          }
          break; // the call that begins with this one tells
        }
      }
      return send(batch, off, fits, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw writeFailure(writeOp(packets[off]), e, limit, own);
    } finally {
      for (int i = 0; i < takenOut; i++) {
        afterSend(packets[off + i]);
      }
      Reference.reachabilityFence(this);
    }
  }

  /** Several. */
  int send(DatagramBatch batch, int off, int count, long limit) throws FDException {
    return Datagrams.send(fd, batch.packets, off, count, limit);
  }

  // ---- failures --------------------------------------------------------------------------------

  /** An address of another network. */
  static IOException notOfNetwork(Op op, NetAddr to, String network) {
    return OpErrors.wrap(
        op,
        OpErrors.badAddress(
            to.toString(), "address is of network " + to.network() + ", not " + network));
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

  // ---- options ---------------------------------------------------------------------------------

  /**
   * SO_RCVBUF in bytes: what waits to be received. Of UDP and raw IP what finds no room is lost. Of
   * Unix sockets the sender's buffer counts, and on Linux this has no effect. A hint that the
   * kernel bounds and, on Linux, doubles for its own needs. socket(7), unix(7).
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
   * SO_SNDBUF in bytes: what waits to go out, or of Unix sockets to be received; beyond it a send
   * waits. Also the limit of a Unix socket's datagram. Otherwise as {@link #setReadBuffer}.
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
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, new SetOp(this));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, new SetOp(this));
  }

  final <T> void set(SocketOption<T> name, T value) throws IOException {
    SocketOptions.set(fd, name, value, new SetOp(this));
  }

  // ---- time ------------------------------------------------------------------------------------

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    super.setDeadline(when);
  }
}
