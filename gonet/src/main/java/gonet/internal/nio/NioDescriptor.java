package gonet.internal.nio;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking channel. The JDK wants to know when it opens a socket whether it will listen;
 * socket(2) does not, and neither does the contract. So every descriptor begins as a {@link
 * SocketChannel}, and {@link #listen} replaces that by a {@link ServerSocketChannel} with the same
 * options and the same address:
 *
 * <pre>
 *   openTcp --> stream --- connect, receive, send ...
 *                  \
 *                   listen: close stream, open server, replay options, bind and listen
 * </pre>
 *
 * <p>Options that a listening channel does not know are kept and given to each accepted socket, as
 * the kernel would have inherited them.
 *
 * <p><b>Stack.</b> A channel takes locks of its own and gives them back in a {@code finally}. One
 * that met the end of the stack there would stay taken: the next call of its kind would wait for
 * ever, and so would a close. So each call that may come to a channel from the end of a stack asks
 * for room first.
 */
class NioDescriptor extends NioSocket {
  private static final int MAX_TRANSFER = 128 * 1024;

  private static final boolean MAC_OS = System.getProperty("os.name", "").startsWith("Mac");

  private final Family family;

  /** Closed and without use once {@link #server} is there. */
  final SocketChannel stream;

  /** Null unless listening. */
  @Nullable ServerSocketChannel server;

  /** Null for an accepted socket, which will never listen. */
  private final @Nullable NioSettings settings;

  /** What {@link #bind} was asked for: a port of 0 is asked for anew by {@link #listen}. */
  private @Nullable AddrPort bound;

  NioDescriptor(Family family, SocketChannel stream, @Nullable NioSettings settings) {
    this.family = family;
    this.stream = stream;
    this.settings = settings;
  }

  static NioDescriptor opened(Family family, SocketChannel stream) {
    return new NioDescriptor(family, stream, new NioSettings());
  }

  private static NioDescriptor accepted(Family family, SocketChannel stream) {
    return new NioDescriptor(family, stream, null);
  }

  // ---- for NioReadiness ------------------------------------------------------------------------

  @Override
  SelectableChannel channel() {
    return server != null ? server : stream;
  }

  /** The channel's word for a direction. A channel knows OP_WRITE only once it is connected. */
  @Override
  int interest(int mode) {
    if (server != null) {
      return (mode & Readiness.READ) != 0 ? SelectionKey.OP_ACCEPT : 0;
    }
    int ops = (mode & Readiness.READ) != 0 ? SelectionKey.OP_READ : 0;
    if ((mode & Readiness.WRITE) != 0) {
      ops |= stream.isConnected() ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
    }
    return ops;
  }

  // ---- data path -------------------------------------------------------------------------------

  @Override
  public int maxReceive() {
    return MAX_TRANSFER;
  }

  @Override
  public int maxSend() {
    return MAX_TRANSFER;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    return receive(ByteBuffer.wrap(buf, off, len), len);
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    int limit = buf.limit();
    int asked = Math.min(Math.min(len, buf.remaining()), MAX_TRANSFER);
    StackRoom.requireLittle();
    buf.limit(buf.position() + asked);
    try {
      int count = stream.read(buf);
      if (count < 0) {
        return 0;
      }
      return count == 0 && asked > 0 ? -Errno.EAGAIN : count;
    } catch (IOException | NotYetConnectedException e) {
      return -NioErrors.errno(e);
    } finally {
      buf.limit(limit);
    }
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    return send(ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public int send(ByteBuffer buf) {
    int limit = buf.limit();
    int asked = Math.min(buf.remaining(), MAX_TRANSFER);
    StackRoom.requireLittle();
    // The JDK copies all that a heap buffer has remaining, whatever the socket then takes.
    buf.limit(buf.position() + asked);
    try {
      int count = stream.write(buf);
      return count == 0 && asked > 0 ? -Errno.EAGAIN : count;
    } catch (IOException | NotYetConnectedException e) {
      return -sendErrno(e);
    } finally {
      buf.limit(limit);
    }
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    int taken = 0;
    long asked = 0;
    while (taken < count && asked < MAX_TRANSFER) {
      asked += bufs[off + taken].remaining();
      taken++;
    }
    if (taken == 0) {
      return 0;
    }
    StackRoom.requireLittle();
    ByteBuffer last = bufs[off + taken - 1];
    int limit = last.limit();
    if (asked > MAX_TRANSFER) {
      last.limit(limit - (int) (asked - MAX_TRANSFER));
    }
    try {
      long sent = stream.write(bufs, off, taken);
      return sent == 0 && asked > 0 ? -Errno.EAGAIN : sent;
    } catch (IOException | NotYetConnectedException e) {
      return -sendErrno(e);
    } finally {
      last.limit(limit);
    }
  }

  /** A channel whose output was shut down says it is closed, where the kernel says EPIPE. */
  private int sendErrno(Exception e) {
    boolean shut = e instanceof ClosedChannelException && stream.isOpen();
    return shut ? Errno.EPIPE : NioErrors.errno(e);
  }

  // ---- establishment ---------------------------------------------------------------------------

  @Override
  public void bind(AddrPort local) throws SyscallException {
    if (refuses(local)) {
      throw new SyscallException("bind", Errno.EAFNOSUPPORT);
    }
    StackRoom.requireMuch();
    try {
      stream.bind(local.toInetSocketAddress());
      bound = local;
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new SyscallException("bind", NioErrors.errno(e));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Between the two channels the port is free for a moment. Whoever takes it then makes this
   * throw {@code bind}: EADDRINUSE, as if he had come before.
   */
  @Override
  public void listen(int backlog) throws SyscallException {
    if (server != null || key() != null) {
      throw new SyscallException("listen", Errno.EINVAL);
    }
    NioSockets.closeQuietly(stream);
    ServerSocketChannel opened = openServer();
    server = opened;
    AddrPort local = bound;
    SocketAddress address = local == null ? null : local.toInetSocketAddress();
    try {
      // The JDK would read 0 as 50.
      opened.bind(address, Math.max(1, backlog));
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      NioSockets.closeQuietly(opened);
      throw new SyscallException(local == null ? "listen" : "bind", NioErrors.errno(e));
    }
  }

  private ServerSocketChannel openServer() throws SyscallException {
    ServerSocketChannel opened = null;
    boolean complete = false;
    try {
      opened = ServerSocketChannel.open(NioSockets.protocolFamily(family));
      opened.configureBlocking(false);
      if (settings != null) {
        settings.replay(opened);
      }
      complete = true;
      return opened;
    } catch (IOException e) {
      throw new SyscallException("listen", NioErrors.errno(e));
    } finally {
      if (!complete) {
        NioSockets.closeQuietly(opened);
      }
    }
  }

  @Override
  public int accept(Accepted into) {
    ServerSocketChannel listener = server;
    if (listener == null) {
      return -Errno.EINVAL;
    }
    for (; ; ) {
      SocketChannel peer = null;
      try {
        peer = listener.accept();
        if (peer == null) {
          return -Errno.EAGAIN;
        }
        AddrPort remote = NioAddresses.of(peer.getRemoteAddress(), family);
        if (refuses(remote)) {
          NioSockets.closeQuietly(peer);
          continue;
        }
        peer.configureBlocking(false);
        if (settings != null) {
          settings.inherit(listener, peer);
        }
        into.descriptor = accepted(family, peer);
        into.remote = remote;
        return 0;
      } catch (IOException e) {
        NioSockets.closeQuietly(peer);
        int errno = NioErrors.errno(e);
        // On macOS EINVAL comes from the getsockname that the JDK adds, when the peer has reset
        // already. Elsewhere it is what accept(2) says of a socket that listens no more.
        return -(errno == Errno.EINVAL && MAC_OS ? Errno.ECONNABORTED : errno);
      }
    }
  }

  @Override
  public int connect(AddrPort remote) {
    if (server != null) {
      return -Errno.EISCONN;
    }
    if (refuses(remote)) {
      return -Errno.EAFNOSUPPORT;
    }
    StackRoom.requireMuch();
    try {
      return stream.connect(remote.toInetSocketAddress()) ? 0 : -Errno.EINPROGRESS;
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      return -NioErrors.errno(e);
    }
  }

  @Override
  public int finishConnect() {
    StackRoom.requireMuch();
    try {
      if (!stream.finishConnect()) {
        return -Errno.EINPROGRESS;
      }
    } catch (IOException | IllegalStateException e) {
      return -NioErrors.errno(e);
    }
    // Interest in the connect that no select has answered yet would from now on be reported by the
    // kernel and hidden by the channel: the selector would spin.
    SelectionKey registered = key();
    if (registered != null) {
      try {
        registered.interestOpsAnd(~SelectionKey.OP_CONNECT);
      } catch (CancelledKeyException e) {
        // Closed meanwhile; there is no interest left to take away.
      }
    }
    return 0;
  }

  /** Whether IPV6_V6ONLY, which a channel does not have, would keep this address out. */
  private boolean refuses(AddrPort address) {
    return family == Family.INET6_ONLY && NioAddresses.isIpv4(address);
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  public AddrPort localAddr() throws SyscallException {
    try {
      return NioAddresses.of(network().getLocalAddress(), family);
    } catch (IOException e) {
      throw new SyscallException("getsockname", NioErrors.errno(e));
    }
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    // While a connect is pending the channel knows the address it was asked for already.
    if (stream.isOpen() ? !stream.isConnected() : server != null) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    try {
      return NioAddresses.of(stream.getRemoteAddress(), family);
    } catch (IOException e) {
      throw new SyscallException("getpeername", NioErrors.errno(e));
    }
  }

  @Override
  public int shutdownRead() {
    try {
      stream.shutdownInput();
      return 0;
    } catch (IOException | NotYetConnectedException e) {
      return -NioErrors.errno(e);
    }
  }

  @Override
  public int shutdownWrite() {
    try {
      stream.shutdownOutput();
      return 0;
    } catch (IOException | NotYetConnectedException e) {
      return -NioErrors.errno(e);
    }
  }

  @Override
  public void setOption(Option option, int value) throws SyscallException {
    ServerSocketChannel listener = server;
    if (listener == null) {
      NioOptions.set(stream, option, value);
    } else if (NioOptions.supports(listener, option)) {
      NioOptions.set(listener, option, value);
    } else if (!NioOptions.supports(stream, option)) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    }
    if (settings != null && !stream.isConnected()) {
      settings.remember(option, value);
    }
  }

  @Override
  public int getOption(Option option) throws SyscallException {
    ServerSocketChannel listener = server;
    if (listener == null) {
      return NioOptions.get(stream, option);
    }
    Integer kept = settings == null ? null : settings.get(option);
    return kept != null && !NioOptions.supports(listener, option)
        ? kept
        : NioOptions.get(listener, option);
  }

  @Override
  public boolean supports(Option option) {
    return NioOptions.supports(stream, option);
  }

  @Override
  public int close() {
    try {
      channel().close();
      return 0;
    } catch (IOException e) {
      return -NioErrors.errno(e);
    }
  }

  final NetworkChannel network() {
    return server != null ? server : stream;
  }
}
