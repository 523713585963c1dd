package gonet.internal.sys;

/**
 * epoll(7) and eventfd(2). Results are descriptors, zero, or negated errnos; nothing here waits.
 *
 * <p>The 64 bits that epoll keeps with a registration hold the descriptor below and a sequence
 * number above, so that an event that outlived its registration can be told from a new one.
 */
public final class EpollCalls {
  private static final EpollLayout LAYOUT = EpollLayout.current();

  private EpollCalls() {}

  /** epoll_create1(2) with EPOLL_CLOEXEC. */
  public static int create() {
    Scratch scratch = Scratch.take();
    try {
      return Libc.epollCreate(scratch, Linux.EPOLL_CLOEXEC);
    } finally {
      scratch.release();
    }
  }

  /** epoll_ctl(2) with EPOLL_CTL_ADD. */
  public static int add(int epfd, int fd, int events, int sequence) {
    return control(epfd, Linux.EPOLL_CTL_ADD, fd, events, sequence);
  }

  /** epoll_ctl(2) with EPOLL_CTL_MOD. */
  public static int modify(int epfd, int fd, int events, int sequence) {
    return control(epfd, Linux.EPOLL_CTL_MOD, fd, events, sequence);
  }

  /** epoll_ctl(2) with EPOLL_CTL_DEL. Needs no heap; -1 if it fails. */
  public static int delete(int epfd, int fd) {
    // The event is ignored, but before Linux 2.6.9 it had to be there (epoll_ctl(2), BUGS).
    long event = Scratch.SHARED.address(Scratch.VALUE);
    return Libc.epollDelete(epfd, fd, event);
  }

  private static int control(int epfd, int op, int fd, int events, int sequence) {
    Scratch scratch = Scratch.take();
    try {
      LAYOUT.put(scratch.memory, Scratch.VALUE, events, data(fd, sequence));
      return Libc.epollCtl(scratch, epfd, op, fd, scratch.address(Scratch.VALUE));
    } finally {
      scratch.release();
    }
  }

  /** eventfd(2), non-blocking and closed on exec, its counter at zero. */
  public static int eventfd() {
    Scratch scratch = Scratch.take();
    try {
      return Libc.eventfd(scratch, 0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
    } finally {
      scratch.release();
    }
  }

  /** write(2) of the number one to an eventfd. Needs no heap; -1 if it fails. */
  public static int signal(int eventfd) {
    long one = Scratch.SHARED.address(Scratch.VALUE);
    return Libc.write(eventfd, one, Long.BYTES);
  }

  static long data(int fd, int sequence) {
    return (long) sequence << 32 | Integer.toUnsignedLong(fd);
  }

  static int fd(long data) {
    return (int) data;
  }

  static int sequence(long data) {
    return (int) (data >>> 32);
  }
}
