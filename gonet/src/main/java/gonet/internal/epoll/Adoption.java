package gonet.internal.epoll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.internal.backend.WrongSocketException.Trait;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SocketQueries;

/**
 * Takes over sockets that others opened: inherited from whoever started this process, or received
 * by native code. Go's {@code newFileFD}.
 *
 * <p>All questions are asked of the duplicate, whose number nobody else can close meanwhile, and
 * O_NONBLOCK is set last, so that a wrong descriptor is left as it was.
 */
final class Adoption {
  private Adoption() {}

  /** As {@link gonet.internal.backend.Sockets#adopt} says. */
  static Descriptor adopt(int number, boolean listening)
      throws SyscallException, WrongSocketException {
    int fd = duplicate(number);
    try {
      int domain = domain(fd);
      boolean unix = domain == Linux.AF_UNIX;
      int type = socketOption(fd, Linux.SO_TYPE);
      boolean packets = unix && type == Linux.SOCK_SEQPACKET;
      require(packets || type == Linux.SOCK_STREAM, Trait.TYPE, type);
      if (!unix) {
        int protocol = socketOption(fd, Linux.SO_PROTOCOL);
        require(protocol == Linux.IPPROTO_TCP, Trait.PROTOCOL, protocol);
      }
      int listens = socketOption(fd, Linux.SO_ACCEPTCONN);
      require((listens != 0) == listening, Trait.LISTENING, listens);
      if (!listening) {
        var _ = SocketQueries.getpeername(fd);
      }
      setNonBlocking(fd);
      return unix
          ? EpollUnixDescriptor.of(fd, packets ? UnixKind.PACKET : UnixKind.STREAM, true)
          : new EpollDescriptor(fd, domain, true);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  /** As {@link gonet.internal.backend.Sockets#adoptPackets} says. */
  static Descriptor adoptPackets(int number) throws SyscallException, WrongSocketException {
    int fd = duplicate(number);
    try {
      int domain = domain(fd);
      int type = socketOption(fd, Linux.SO_TYPE);
      require(type == Linux.SOCK_DGRAM, Trait.PACKET_TYPE, type);
      if (domain != Linux.AF_UNIX) {
        int protocol = socketOption(fd, Linux.SO_PROTOCOL);
        require(protocol == Linux.IPPROTO_UDP, Trait.PACKET_PROTOCOL, protocol);
      }
      setNonBlocking(fd);
      return domain == Linux.AF_UNIX
          ? EpollUnixDescriptor.of(fd, UnixKind.DATAGRAM, true)
          : new EpollUdpDescriptor(fd, domain, true);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  private static int duplicate(int number) throws SyscallException {
    StackRoom.requireMuch(); // the kernel gives a number, which must find its object
    int fd = SocketCalls.duplicate(number);
    if (fd < 0) {
      throw new SyscallException("fcntl", -fd);
    }
    return fd;
  }

  private static int domain(int fd) throws SyscallException, WrongSocketException {
    int domain = socketOption(fd, Linux.SO_DOMAIN);
    boolean known = domain == Linux.AF_UNIX || domain == Linux.AF_INET || domain == Linux.AF_INET6;
    require(known, Trait.DOMAIN, domain);
    return domain;
  }

  private static void setNonBlocking(int fd) throws SyscallException {
    int result = SocketCalls.setNonBlocking(fd);
    if (result < 0) {
      throw new SyscallException("fcntl", -result);
    }
  }

  private static int socketOption(int fd, int name) throws SyscallException {
    return SocketQueries.getsockopt(fd, Linux.SOL_SOCKET, name);
  }

  private static void require(boolean fits, Trait trait, int found) throws WrongSocketException {
    if (!fits) {
      throw new WrongSocketException(trait, found);
    }
  }
}
