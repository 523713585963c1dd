package gonet.internal.nio;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Opens channels, and finds out what the host can do. Any thread. */
final class NioSockets implements Sockets {
  private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");

  /** What is asked for where the limit cannot be read. The kernel cuts it to its own. */
  private static final int DEFAULT_BACKLOG = 4096;

  /** What a probe found; null until one has. Two threads may probe at once and find the same. */
  private volatile @Nullable Boolean dualStack;

  private volatile @Nullable Boolean ipv6;

  @Override
  public Descriptor openTcp(Family family) throws SyscallException {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(protocolFamily(family));
      channel.configureBlocking(false);
      return NioDescriptor.opened(family, channel);
    } catch (UnsupportedOperationException e) {
      // -Djava.net.preferIPv4Stack=true, or a host without IPv6.
      throw new SyscallException("socket", Errno.EAFNOSUPPORT);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new SyscallException("socket", NioErrors.errno(e));
    }
  }

  @Override
  public Descriptor openUdp(Family family) throws SyscallException {
    DatagramChannel channel = null;
    try {
      channel = DatagramChannel.open(protocolFamily(family));
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
      return new NioUdpDescriptor(family, channel);
    } catch (UnsupportedOperationException e) {
      throw new SyscallException("socket", Errno.EAFNOSUPPORT);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new SyscallException("socket", NioErrors.errno(e));
    }
  }

  @Override
  public Descriptor openUnix(UnixKind kind) throws SyscallException {
    if (kind != UnixKind.STREAM) {
      throw new SyscallException("socket", Errno.EPROTONOSUPPORT);
    }
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      return new NioUnixDescriptor(channel);
    } catch (UnsupportedOperationException e) {
      throw new SyscallException("socket", Errno.EAFNOSUPPORT); // an old Windows
    } catch (IOException e) {
      closeQuietly(channel);
      throw new SyscallException("socket", NioErrors.errno(e));
    }
  }

  /** The JDK makes no channel of a number, but for the one socket that inetd hands over. */
  @Override
  public Descriptor adopt(int number, boolean listening) throws SyscallException {
    throw new SyscallException("fcntl", Errno.ENOSYS);
  }

  @Override
  public List<RawInterface> interfaces() throws SyscallException {
    try {
      return NioInterfaces.list();
    } catch (IOException e) {
      throw new SyscallException("getNetworkInterfaces", NioErrors.errno(e));
    }
  }

  @Override
  public boolean supportsDualStack() {
    Boolean known = dualStack;
    if (known == null) {
      // An IPv4 address on an IPv6 channel is bound in its mapped form.
      known = probe(Addr.from4(new byte[] {127, 0, 0, 1}));
      dualStack = known;
    }
    return known != null && known;
  }

  @Override
  public boolean supportsIpv6() {
    Boolean known = ipv6;
    if (known == null) {
      known = probe(Addr.ipv6Loopback());
      ipv6 = known;
    }
    return known != null && known;
  }

  /** Null when nothing was learned, for want of descriptors or memory. */
  private static @Nullable Boolean probe(Addr address) {
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
      channel.bind(new InetSocketAddress(address.toInetAddress(), 0));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    } catch (IOException e) {
      return switch (NioErrors.errno(e)) {
        case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> null;
        default -> false;
      };
    }
  }

  /** Read anew each time: a container's limit may change, and listeners are opened rarely. */
  @Override
  public int maxBacklog() {
    try {
      // By a buffered reader: a file of /proc/sys tells its value once, at offset zero, and
      // readString, which believes its size of zero, takes the first digit for the whole.
      return Integer.parseInt(Files.readAllLines(SOMAXCONN).getFirst());
    } catch (IOException | NoSuchElementException | NumberFormatException e) {
      return DEFAULT_BACKLOG;
    }
  }

  static StandardProtocolFamily protocolFamily(Family family) {
    return family == Family.INET4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
  }

  static void closeQuietly(@Nullable Channel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The descriptor is gone either way (close(2), NOTES), and another error is on its way.
      }
    }
  }
}
