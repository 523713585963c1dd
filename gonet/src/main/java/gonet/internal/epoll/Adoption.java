package gonet.internal.epoll;

import gonet.internal.backend.Descriptor;
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
    StackRoom.requireMuch(); // the kernel gives a number, which must find its object
    int fd = SocketCalls.duplicate(number);
    if (fd < 0) {
      throw new SyscallException("fcntl", -fd);
    }
    try {
      int domain = socketOption(fd, Linux.SO_DOMAIN);
      boolean unix = domain == Linux.AF_UNIX;
      require(unix || domain == Linux.AF_INET || domain == Linux.AF_INET6, Trait.DOMAIN, domain);
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
      int result = SocketCalls.setNonBlocking(fd);
      if (result < 0) {
        throw new SyscallException("fcntl", -result);
      }
      return packets
          ? new EpollPacketDescriptor(fd, true)
          : unix ? new EpollUnixDescriptor(fd, true) : new EpollDescriptor(fd, domain, true);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
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
