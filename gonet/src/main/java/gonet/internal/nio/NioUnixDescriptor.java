package gonet.internal.nio;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket as the JDK has it: a stream over a path.
 *
 * <p>To bind is to make the file, which only one channel can. So {@link #bind} notes the name, and
 * {@link #listen} or {@link #connect}, which knows the channel that it is for, binds.
 */
final class NioUnixDescriptor extends NioDescriptor {
  private @Nullable UnixName name;

  NioUnixDescriptor(SocketChannel stream) {
    super(Family.INET4, stream, null); // the family of addresses, of which there are none
  }

  @Override
  public void bind(UnixName local) {
    name = local;
  }

  /** Throws {@code bind} for what {@link #bind} would have said. */
  @Override
  public void listen(int backlog) throws SyscallException {
    if (server != null || key() != null) {
      throw new SyscallException("listen", Errno.EINVAL);
    }
    NioSockets.closeQuietly(stream);
    ServerSocketChannel opened = null;
    boolean complete = false;
    try {
      opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      opened.configureBlocking(false);
      opened.bind(name == null ? null : address(name), Math.max(1, backlog));
      server = opened;
      complete = true;
    } catch (IOException | IllegalArgumentException e) {
      throw new SyscallException("bind", NioErrors.errno(e));
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
    SocketChannel peer = null;
    try {
      peer = listener.accept();
      if (peer == null) {
        return -Errno.EAGAIN;
      }
      peer.configureBlocking(false);
      into.remoteName = nameOf(peer.getRemoteAddress());
      into.descriptor = new NioUnixDescriptor(peer);
      return 0;
    } catch (IOException e) {
      NioSockets.closeQuietly(peer);
      return -NioErrors.errno(e);
    }
  }

  @Override
  public int connect(UnixName remote) {
    if (server != null) {
      return -Errno.EISCONN;
    }
    StackRoom.requireMuch(); // see NioDescriptor
    try {
      if (name != null) {
        stream.bind(address(name));
      }
      // What is not connected at once has met a full queue, and no edge would come (connect(2)).
      return stream.connect(address(remote)) ? 0 : -Errno.EAGAIN;
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      return -NioErrors.errno(e);
    }
  }

  @Override
  public UnixName localName() throws SyscallException {
    try {
      return nameOf(network().getLocalAddress());
    } catch (IOException e) {
      throw new SyscallException("getsockname", NioErrors.errno(e));
    }
  }

  @Override
  public UnixName remoteName() throws SyscallException {
    if (!stream.isConnected()) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    try {
      return nameOf(stream.getRemoteAddress());
    } catch (IOException e) {
      throw new SyscallException("getpeername", NioErrors.errno(e));
    }
  }

  private static SocketAddress address(UnixName name) throws InvalidPathException {
    return UnixDomainSocketAddress.of(name.text());
  }

  private static UnixName nameOf(@Nullable SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? new UnixName(unix.getPath().toString())
        : UnixName.UNNAMED;
  }
}
