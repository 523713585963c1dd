package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawCredentials;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.UnixName;
import gonet.internal.layer.Adoption;
import gonet.internal.layer.Processes;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.SocketOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Unix connection: a stream of bytes ({@code unix}) or of messages ({@code unixpacket}) between
 * processes of one machine. Go's {@code net.UnixConn}. unix(7).
 *
 * <p><b>Messages.</b> With {@code unixpacket} each write is one message, which arrives whole; one
 * that is too long for the kernel fails with EMSGSIZE and sends nothing ({@link #setWriteBuffer} is
 * the limit). Each read takes one message; what does not fit into the buffer is lost, without a
 * word. There are no empty messages: a write of nothing sends nothing, and one that another program
 * sends reads as the end of the stream, from which it cannot be told apart. The next read goes on.
 *
 * <p><b>Ends.</b> Unix sockets have no reset: {@link #abort} closes, and the other side sees the
 * end of the stream. After any close the other side's writes fail with EPIPE. A close with unread
 * input also makes its reads fail with ECONNRESET: of a stream once what has come is read. Of
 * packets it is the next call that fails so, read or write, and messages that are queued can be
 * read behind it. {@link #closeRead} makes the other side's writes fail with EPIPE at once.
 *
 * <p>Options may be changed at any time by any thread; they fail with {@link NetClosedException}
 * after close, and with {@link UnsupportedOperationException} where Unix sockets have none such.
 *
 * @since 0.1
 */
public final class UnixConn extends SocketConn implements NetSocket {
  // Constants, because a lambda that is linked at the end of a stack stays broken.

  private static final FD.Use<UnixName> LOCAL_NAME = Descriptor::localName;
  private static final FD.Use<RawCredentials> PEER_CREDENTIALS = Descriptor::peerCredentials;
  private static final FD.Use<Integer> AVAILABLE_BYTES = Descriptor::availableBytes;

  private final UnixAddr remote;

  /**
   * Takes over a descriptor.
   *
   * @param local null to ask the kernel when somebody wants to know
   * @param watched false for one of a server, whose list of open connections keeps it from being
   *     dropped
   */
  UnixConn(
      Descriptor descriptor,
      Poller poller,
      @Nullable UnixAddr local,
      UnixAddr remote,
      boolean watched) {
    // A read stops at a message, at passed descriptors and at another sender's bytes, with more
    // behind: a short one proves nothing.
    super(descriptor, poller, false, remote.network(), local, remote, watched);
    this.remote = remote;
  }

  @Override
  public UnixAddr localAddr() {
    return (UnixAddr) super.localAddr();
  }

  @Override
  public UnixAddr remoteAddr() {
    return remote;
  }

  @Override
  NetAddr askLocalAddr() {
    try {
      return UnixAddr.of(network(), fd.use(LOCAL_NAME));
    } catch (FDException e) {
      return UnixAddr.of(network(), "");
    }
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

  // ---- descriptors -----------------------------------------------------------------------------

  /**
   * Sends bytes, and descriptors beside the first of them: the other side gets numbers of its own
   * for the same open files, if it asks for them by {@link #receive}, or by recvmsg(2). Waits as a
   * write does, and for its place among the writes. SCM_RIGHTS: unix(7).
   *
   * @param data at least one byte; with {@code unixpacket} one message
   * @param descriptors numbers as the kernel counts, such as those of {@link Received}; 1 to 253.
   *     They stay open here, and the caller's to close
   * @throws IllegalArgumentException if there is no byte, or no or too many descriptors
   * @throws NetSocketException EBADF if one is not open, ETOOMANYREFS if too many of this user's
   *     are on their way; nothing was sent then
   * @throws UnsupportedOperationException with the nio backend
   */
  public void sendDescriptors(byte[] data, int... descriptors) throws IOException {
    Objects.requireNonNull(data, "data");
    requireSendable(data.length, descriptors.length);
    try {
      writeRights(data, descriptors.clone());
    } catch (FDException e) {
      throw rightsFailure(Op.WRITE, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #sendDescriptors(byte[], int...)}, of open connections and listeners of gonet's,
   * which stay open here: the other side shares them until this one closes them.
   */
  public void sendDescriptors(byte[] data, NetSocket... sockets) throws IOException {
    Objects.requireNonNull(data, "data");
    requireSendable(data.length, sockets.length);
    try (var duplicates = SocketDescriptor.Several.of(sockets(), sockets)) {
      writeRights(data, duplicates.numbers());
    } catch (FDException e) {
      throw rightsFailure(Op.WRITE, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static void requireSendable(int bytes, int descriptors) {
    if (bytes == 0) {
      throw new IllegalArgumentException("no byte to send descriptors with");
    }
    requireSendable(descriptors);
  }

  static void requireSendable(int descriptors) {
    if (descriptors < 1 || descriptors > Rights.MAX) {
      throw new IllegalArgumentException(
          descriptors + " descriptors, not between 1 and " + Rights.MAX);
    }
  }

  private void writeRights(byte[] data, int[] numbers) throws FDException {
    fd.writeRights(data, 0, data.length, numbers, writeLimit());
  }

  /**
   * Reads as {@link #read(byte[], int, int)} does, and takes the descriptors that came beside the
   * bytes. A read of a stream stops behind bytes that had descriptors. Any other read drops them,
   * and the kernel closes them.
   *
   * {@snippet :
   * try (UnixConn.Received received = conn.receive(buf, 0, buf.length, 1)) {
   *   Conn passed = Net.fileConn(received.descriptors().get(0)); // a duplicate: close both
   * }
   * }
   *
   * @param len above zero
   * @param maxDescriptors how many are wanted, 0 to 253; the kernel closes those beyond
   * @throws IllegalArgumentException if one of the two is out of range
   * @throws UnsupportedOperationException with the nio backend
   */
  public Received receive(byte[] buf, int off, int len, int maxDescriptors) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (len == 0) {
      throw new IllegalArgumentException("no room for a byte");
    }
    Received received = new Received(sockets(), maxDescriptors); // while nothing can be lost yet
    boolean handedOver = false;
    try {
      received.bytes = fd.receiveRights(buf, off, len, received.rights, readLimit());
      handedOver = true;
      return received;
    } catch (FDException e) {
      throw rightsFailure(Op.READ, e);
    } finally {
      if (!handedOver) {
        received.close();
      }
      Reference.reachabilityFence(this);
    }
  }

  /**
   * What {@link UnixConn#receive} or {@link UnixgramConn#receive(Datagram, int)} has brought. It
   * owns the descriptors until it is closed, and they are closed on exec. One thread at a time.
   *
   * @since 0.1
   */
  public static final class Received implements AutoCloseable {
    private final Sockets sockets;
    final Rights rights;
    int bytes;

    Received(Sockets sockets, int maxDescriptors) {
      if (maxDescriptors < 0 || maxDescriptors > Rights.MAX) {
        throw new IllegalArgumentException(
            maxDescriptors + " descriptors, not between 0 and " + Rights.MAX);
      }
      this.sockets = sockets;
      this.rights = new Rights(maxDescriptors);
    }

    /** The number of bytes read, −1 at the end of the stream; of a datagram, those that fitted. */
    public int bytes() {
      return bytes;
    }

    /** The numbers, in the sender's order; empty after {@link #close}. */
    public List<Integer> descriptors() {
      return Arrays.stream(rights.numbers, 0, rights.count).boxed().toList();
    }

    /**
     * Whether more descriptors came than were wanted, or than this process may open: the kernel has
     * closed those that are missing. MSG_CTRUNC: recv(2).
     */
    public boolean truncated() {
      return rights.truncated;
    }

    /** Closes all descriptors. Connections that {@link Net#fileConn} made of them live on. */
    @Override
    public void close() {
      while (rights.count > 0) {
        rights.count--;
        sockets.closeNumber(rights.numbers[rights.count]);
      }
    }
  }

  private Sockets sockets() throws IOException {
    return Netpolls.get(new Op(Op.SET, network(), null, null)).sockets();
  }

  private IOException rightsFailure(String op, FDException e) {
    boolean unknown = e.errno() == Errno.ENOSYS || e.errno() == Errno.ENOPROTOOPT;
    if (e.kind() == FDException.Kind.SYSCALL && unknown) {
      throw new UnsupportedOperationException(
          "descriptors are not passed here: not supported on this backend");
    }
    return OpErrors.of(op(op), e);
  }

  /**
   * {@inheritDoc} gonet's own find what adopts passed sockets, and what tells of processes: {@code
   * gonet.internal.layer}.
   */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    if (type == Adoption.class) {
      return type.cast(new FileSockets.AsTheyAre());
    }
    if (type == Processes.class) {
      Netpoll here = Netpoll.existing();
      return here == null ? null : type.cast(new FileSockets.Around(here.sockets()));
    }
    return super.find(type);
  }

  // ---- the other side --------------------------------------------------------------------------

  /**
   * The process on the other side, as the kernel knows it: the one that connected, or listened,
   * when that was. It cannot be forged. SO_PEERCRED: unix(7).
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public PeerCredentials peerCredentials() throws IOException {
    try {
      RawCredentials raw = fd.use(PEER_CREDENTIALS);
      return new PeerCredentials(
          raw.pid(), Integer.toUnsignedLong(raw.uid()), Integer.toUnsignedLong(raw.gid()));
    } catch (FDException e) {
      throw SocketOptions.failure("SO_PEERCRED", e, new SetOp(this));
    }
  }

  /**
   * A process and its user.
   *
   * @param pid the process, which may have ended since; 0 if it is in another PID namespace
   * @param uid the effective user
   * @param gid the effective group
   * @since 0.1
   */
  public record PeerCredentials(long pid, long uid, long gid) {}

  // ---- options ---------------------------------------------------------------------------------

  /**
   * SO_RCVBUF in bytes. On Linux without effect for Unix sockets: the writer's buffer counts.
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
   * SO_SNDBUF in bytes: what may be written and not be read yet, and the longest message; a hint
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
  public <T> UnixConn setOption(SocketOption<T> name, T value) throws IOException {
    SocketOptions.set(fd, name, value, new SetOp(this));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, new SetOp(this));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, new SetOp(this));
  }

  // ---- what the kernel knows -------------------------------------------------------------------

  /**
   * Bytes that a read would find at once, of all messages together: FIONREAD.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  @Override
  public int availableBytes() throws IOException {
    try {
      return fd.use(AVAILABLE_BYTES);
    } catch (FDException e) {
      throw SocketOptions.failure("FIONREAD", e, new SetOp(this));
    }
  }
}
