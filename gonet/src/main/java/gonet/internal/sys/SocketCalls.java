package gonet.internal.sys;

import gonet.internal.backend.Descriptor.Accepted;
import gonet.internal.backend.UnixName;
import gonet.netip.AddrPort;

/**
 * The calls that open, name and close sockets, in Java's types. Results are zero, a descriptor, or
 * a negated errno; none of them blocks on a non-blocking socket, except {@link #close} when
 * SO_LINGER says so.
 *
 * <p>{@code domain} is the one the socket was opened with; it decides how an address is spelled.
 */
public final class SocketCalls {
  private SocketCalls() {}

  /** socket(2). */
  public static int socket(int domain, int type, int protocol) {
    Scratch scratch = Scratch.take();
    try {
      return Libc.socket(scratch, domain, type, protocol);
    } finally {
      scratch.release();
    }
  }

  /** bind(2). */
  public static int bind(int fd, int domain, AddrPort local) {
    Scratch scratch = Scratch.take();
    try {
      int length = SockAddr.encode(local, domain, scratch.memory, Scratch.ADDRESS);
      return Libc.bind(scratch, fd, scratch.address(Scratch.ADDRESS), length);
    } finally {
      scratch.release();
    }
  }

  /** bind(2) of a Unix socket. */
  public static int bind(int fd, UnixName local) {
    Scratch scratch = Scratch.take();
    try {
      int length = UnixSockAddr.encode(local, scratch.memory, Scratch.ADDRESS);
      return Libc.bind(scratch, fd, scratch.address(Scratch.ADDRESS), length);
    } finally {
      scratch.release();
    }
  }

  /** listen(2). */
  public static int listen(int fd, int backlog) {
    Scratch scratch = Scratch.take();
    try {
      return Libc.listen(scratch, fd, backlog);
    } finally {
      scratch.release();
    }
  }

  /**
   * accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. On success the peer's address is in {@code
   * into}, and the caller puts the descriptor there.
   */
  public static int accept(int fd, int domain, Accepted into) {
    Scratch scratch = Scratch.take();
    try {
      scratch.length(Scratch.ADDRESS_SIZE);
      int accepted =
          Libc.accept4(
              scratch,
              fd,
              scratch.address(Scratch.ADDRESS),
              scratch.address(Scratch.LENGTH),
              Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
      if (accepted >= 0) {
        try {
          if (domain == Linux.AF_UNIX) {
            into.remoteName = scratch.unixName();
          } else {
            into.remote = scratch.sockAddr();
          }
        } catch (Throwable t) { // want of memory: nobody else knows this number
          var _ = close(accepted);
          throw t;
        }
      }
      return accepted;
    } finally {
      scratch.release();
    }
  }

  /** connect(2). */
  public static int connect(int fd, int domain, AddrPort remote) {
    Scratch scratch = Scratch.take();
    try {
      int length = SockAddr.encode(remote, domain, scratch.memory, Scratch.ADDRESS);
      return Libc.connect(scratch, fd, scratch.address(Scratch.ADDRESS), length);
    } finally {
      scratch.release();
    }
  }

  /** connect(2) of a Unix socket. */
  public static int connect(int fd, UnixName remote) {
    Scratch scratch = Scratch.take();
    try {
      int length = UnixSockAddr.encode(remote, scratch.memory, Scratch.ADDRESS);
      return Libc.connect(scratch, fd, scratch.address(Scratch.ADDRESS), length);
    } finally {
      scratch.release();
    }
  }

  /** shutdown(2); {@code how} is {@link Linux#SHUT_RD} or {@link Linux#SHUT_WR}. */
  public static int shutdown(int fd, int how) {
    Scratch scratch = Scratch.take();
    try {
      return Libc.shutdown(scratch, fd, how);
    } finally {
      scratch.release();
    }
  }

  /**
   * fcntl(2), F_DUPFD_CLOEXEC: another number for the same open file description, closed on exec.
   * Above 2, so that nobody takes it for a standard stream.
   */
  public static int duplicate(int fd) {
    return fcntl(fd, Linux.F_DUPFD_CLOEXEC, 3);
  }

  /** Sets O_NONBLOCK, for every duplicate of the descriptor. Zero or a negated errno. */
  public static int setNonBlocking(int fd) {
    int flags = fcntl(fd, Linux.F_GETFL, 0);
    return flags < 0 ? flags : fcntl(fd, Linux.F_SETFL, flags | Linux.O_NONBLOCK);
  }

  private static int fcntl(int fd, int op, int argument) {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      return Libc.fcntl(scratch, fd, op, argument);
    } finally {
      scratch.release();
    }
  }

  /**
   * close(2). Not to be repeated after EINTR: Linux has released the number by then. Needs no heap,
   * so that want of memory keeps nothing open.
   *
   * @return zero, or -1 if it fails
   */
  public static int close(int fd) {
    return Libc.close(fd);
  }
}
