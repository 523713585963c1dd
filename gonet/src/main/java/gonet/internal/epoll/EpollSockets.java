package gonet.internal.epoll;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SocketQueries;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens sockets, and finds out what the host can do. */
final class EpollSockets implements Sockets {
  private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");

  /** Linux' own default since 5.4; harmless where it is too much, for the kernel cuts it. */
  private static final int DEFAULT_BACKLOG = 4096;

  private static final Addr MAPPED_LOOPBACK = Addr.parse("::ffff:127.0.0.1");

  /** What a probe found; null until one has. Two threads may probe at once and find the same. */
  private volatile @Nullable Boolean dualStack;

  private volatile @Nullable Boolean ipv6;

  @Override
  public Descriptor openTcp(Family family) throws SyscallException {
    int fd = open(family, Linux.SOCK_STREAM, Linux.IPPROTO_TCP);
    return EpollDescriptor.owner(fd, domain(family));
  }

  @Override
  public Descriptor openMultipathTcp(Family family) throws SyscallException {
    int fd = open(family, Linux.SOCK_STREAM, Linux.IPPROTO_MPTCP);
    return EpollDescriptor.owner(fd, domain(family));
  }

  @Override
  public Descriptor openUdp(Family family) throws SyscallException {
    int fd = open(family, Linux.SOCK_DGRAM, Linux.IPPROTO_UDP);
    try {
      SocketQueries.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_BROADCAST, 1);
      return new EpollUdpDescriptor(fd, domain(family), false);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  @Override
  public Descriptor openRaw(Family family, int protocol) throws SyscallException {
    int fd = open(family, Linux.SOCK_RAW, protocol);
    try {
      SocketQueries.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_BROADCAST, 1);
      return new EpollRawDescriptor(fd, domain(family));
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  private static int domain(Family family) {
    return family == Family.INET4 ? Linux.AF_INET : Linux.AF_INET6;
  }

  private static int open(Family family, int kind, int protocol) throws SyscallException {
    int type = kind | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    StackRoom.requireMuch(); // the kernel gives a number, which must find its object
    int fd = SocketCalls.socket(domain(family), type, protocol);
    if (fd < 0) {
      throw new SyscallException("socket", -fd);
    }
    if (family != Family.INET4 && kind != Linux.SOCK_RAW) { // which has no IPv4 peers
      try {
        // Said either way: the default is the sysctl net.ipv6.bindv6only.
        SocketQueries.setsockopt(
            fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, family == Family.INET6_ONLY ? 1 : 0);
      } catch (Throwable t) {
        var _ = SocketCalls.close(fd);
        throw t;
      }
    }
    return fd;
  }

  @Override
  public Descriptor openUnix(UnixKind kind) throws SyscallException {
    int type =
        switch (kind) {
          case STREAM -> Linux.SOCK_STREAM;
          case PACKET -> Linux.SOCK_SEQPACKET;
          case DATAGRAM -> Linux.SOCK_DGRAM;
        };
    StackRoom.requireMuch(); // the kernel gives a number, which must find its object
    int fd = SocketCalls.socket(Linux.AF_UNIX, type | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0);
    if (fd < 0) {
      throw new SyscallException("socket", -fd);
    }
    return EpollUnixDescriptor.owner(fd, kind);
  }

  @Override
  public boolean hasAllOfUnix() {
    return true;
  }

  @Override
  public Descriptor adopt(int number, boolean listening)
      throws SyscallException, WrongSocketException {
    return Adoption.adopt(number, listening);
  }

  @Override
  public Descriptor adoptPackets(int number) throws SyscallException, WrongSocketException {
    return Adoption.adoptPackets(number);
  }

  @Override
  public void closeNumber(int number) {
    var _ = SocketCalls.close(number);
  }

  @Override
  public KernelPipe openPipe() throws SyscallException {
    return EpollPipe.open();
  }

  @Override
  public List<RawInterface> interfaces() throws SyscallException {
    return Netlink.interfaces();
  }

  @Override
  public boolean supportsDualStack() {
    Boolean known = dualStack;
    if (known == null) {
      known = probe(Family.INET6_DUAL, MAPPED_LOOPBACK);
      dualStack = known;
    }
    return known != null && known;
  }

  @Override
  public boolean supportsIpv6() {
    Boolean known = ipv6;
    if (known == null) {
      known = probe(Family.INET6_ONLY, Addr.ipv6Loopback());
      ipv6 = known;
    }
    return known != null && known;
  }

  /**
   * Binds a socket of the family to a loopback address, which fails where IPv6 is compiled out,
   * switched off, or without the address (Go: {@code ipStackCapabilities.probe}).
   *
   * @return null when nothing was learned, for want of descriptors or memory
   */
  private @Nullable Boolean probe(Family family, Addr loopback) {
    try {
      Descriptor socket = openTcp(family);
      try {
        socket.bind(AddrPort.of(loopback, 0));
        return true;
      } finally {
        var _ = socket.close();
      }
    } catch (SyscallException e) {
      return switch (e.errno()) {
        case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> null;
        default -> false;
      };
    }
  }

  /** Read afresh each time: it is a setting of the network namespace, and may change. */
  @Override
  public int maxBacklog() {
    try (InputStream file = Files.newInputStream(SOMAXCONN)) {
      // In one read: a file of /proc/sys tells its value once, at offset zero, and a helper that
      // believes its size of zero takes the first digit for the whole.
      byte[] text = new byte[32];
      int length = file.read(text);
      return Integer.parseInt(new String(text, 0, Math.max(length, 0), ISO_8859_1).strip());
    } catch (IOException | NumberFormatException e) {
      return DEFAULT_BACKLOG;
    }
  }
}
