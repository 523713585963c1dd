package gonet.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * libc's functions, one method each, thin: numbers and addresses in, result and errno out. Each is
 * linked when it is first called, by the initialiser of its holder class; only a constant handle,
 * invoked where it stands, is inlined by the compiler.
 *
 * <p>The plain ones take the {@link Scratch} that the structs they point to live in, which keeps it
 * reachable, and answer with a negated errno.
 */
final class Libc {
  private Libc() {}

  // ---- critical: they never block, whatever the descriptor's flags are -------------------------

  /**
   * recv(2), always with MSG_DONTWAIT.
   *
   * @param errno four bytes that every call overwrites
   * @return the count, or −1 with the reason in {@code errno}
   * @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a>
   */
  static int recv(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int) (long) Recv.HANDLE.invokeExact(errno, fd, buf, (long) len, RECV_FLAGS);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** {@link #recv} that takes nothing away: with MSG_PEEK as well. */
  static int peek(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int) (long) Recv.HANDLE.invokeExact(errno, fd, buf, (long) len, PEEK_FLAGS);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final int RECV_FLAGS = Linux.MSG_DONTWAIT;
  private static final int PEEK_FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_PEEK;

  private static final class Recv {
    static final MethodHandle HANDLE = Link.critical("recv");
  }

  /** recv(2) as above, for memory that is not an accessible array. */
  static int recvDirect(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int)
          (long)
              RecvDirect.HANDLE.invokeExact(errno, (long) fd, buf, (long) len, (long) RECV_FLAGS);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class RecvDirect {
    static final MethodHandle HANDLE = Link.criticalDirect("recv");
  }

  /**
   * send(2), always with MSG_DONTWAIT and MSG_NOSIGNAL.
   *
   * @param errno four bytes that every call overwrites
   * @return the count, or −1 with the reason in {@code errno}
   * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
   */
  static int send(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int) (long) Send.HANDLE.invokeExact(errno, fd, buf, (long) len, SEND_FLAGS);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final int SEND_FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL;

  private static final class Send {
    static final MethodHandle HANDLE = Link.critical("send");
  }

  /** send(2) as above, for memory that is not an accessible array. */
  static int sendDirect(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int)
          (long)
              SendDirect.HANDLE.invokeExact(errno, (long) fd, buf, (long) len, (long) SEND_FLAGS);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class SendDirect {
    static final MethodHandle HANDLE = Link.criticalDirect("send");
  }

  /**
   * epoll_wait(2) with a timeout of zero, the only one that may be critical. C answers with an
   * {@code int}, which is the lower half of what the shared signature sees.
   *
   * @param errno four bytes that every call overwrites
   * @return the count, or −1 with the reason in {@code errno}
   * @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a>
   */
  static int epollPoll(int epfd, MemorySegment events, int max, MemorySegment errno) {
    try {
      return (int) (long) EpollPoll.HANDLE.invokeExact(errno, epfd, events, (long) max, 0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class EpollPoll {
    static final MethodHandle HANDLE = Link.critical("epoll_wait");
  }

  /**
   * read(2) of a pipe that nobody else has and that is non-blocking. The last argument is there for
   * the signature and ignored.
   *
   * @param errno four bytes that every call overwrites
   * @return the count, or −1 with the reason in {@code errno}
   * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
   */
  static int readPipe(int fd, MemorySegment buf, int len, MemorySegment errno) {
    try {
      return (int) (long) ReadPipe.HANDLE.invokeExact(errno, fd, buf, (long) len, 0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class ReadPipe {
    static final MethodHandle HANDLE = Link.critical("read");
  }

  // ---- plain -----------------------------------------------------------------------------------

  /**
   * epoll_wait(2) that may block, and pins a virtual thread to its carrier meanwhile.
   *
   * @param events native memory
   * @param errno four bytes that every call overwrites
   * @return the count, or −1 with the reason in {@code errno}
   * @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a>
   */
  static int epollWait(
      int epfd, MemorySegment events, int max, int timeoutMillis, MemorySegment errno) {
    try {
      return (int)
          EpollWait.HANDLE.invokeExact(
              errno, (long) epfd, events.address(), (long) max, (long) timeoutMillis, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    } finally {
      Reference.reachabilityFence(events);
    }
  }

  private static final class EpollWait {
    static final MethodHandle HANDLE = Link.plain("epoll_wait");
  }

  /**
   * sendmsg(2). {@code message} and all that it points to must live until this returns.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a>
   */
  static int sendmsg(Scratch scratch, int fd, long message, int flags) {
    return sendmsg(scratch.memory, fd, message, flags);
  }

  /** The same with errno at the beginning of memory that the caller owns. */
  static int sendmsg(MemorySegment memory, int fd, long message, int flags) {
    try {
      return Scratch.result(
          memory,
          (int) Sendmsg.HANDLE.invokeExact(memory, (long) fd, message, (long) flags, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Sendmsg {
    static final MethodHandle HANDLE = Link.plain("sendmsg");
  }

  /**
   * recvmsg(2). {@code message} and all that it points to must live until this returns.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a>
   */
  static int recvmsg(Scratch scratch, int fd, long message, int flags) {
    return recvmsg(scratch.memory, fd, message, flags);
  }

  /** The same with errno at the beginning of memory that the caller owns. */
  static int recvmsg(MemorySegment memory, int fd, long message, int flags) {
    try {
      return Scratch.result(
          memory,
          (int) Recvmsg.HANDLE.invokeExact(memory, (long) fd, message, (long) flags, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Recvmsg {
    static final MethodHandle HANDLE = Link.plain("recvmsg");
  }

  /**
   * recvfrom(2), cheaper than recvmsg(2): the kernel has no header to copy and to check.
   *
   * @param memory begins with errno; all that the addresses lead to must live until this returns
   * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
   */
  static int recvfrom(
      MemorySegment memory, int fd, long bytes, long count, int flags, long name, long length) {
    try {
      return Scratch.result(
          memory,
          (int)
              Recvfrom.HANDLE.invokeExact(
                  memory, (long) fd, bytes, count, (long) flags, name, length));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Recvfrom {
    static final MethodHandle HANDLE = Link.plainSix("recvfrom");
  }

  /**
   * sendto(2), cheaper than sendmsg(2) as recvfrom is than recvmsg.
   *
   * @param memory begins with errno; all that the addresses lead to must live until this returns
   * @param name the destination; 0 with length 0 for the peer
   * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
   */
  static int sendto(
      MemorySegment memory, int fd, long bytes, long count, int flags, long name, int length) {
    try {
      return Scratch.result(
          memory,
          (int)
              Sendto.HANDLE.invokeExact(
                  memory, (long) fd, bytes, count, (long) flags, name, (long) length));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Sendto {
    static final MethodHandle HANDLE = Link.plainSix("sendto");
  }

  /**
   * sendmmsg(2).
   *
   * @param memory begins with errno; the vector and all that it points to must live until this
   *     returns
   * @see <a href="https://man7.org/linux/man-pages/man2/sendmmsg.2.html">sendmmsg(2)</a>
   */
  static int sendmmsg(MemorySegment memory, int fd, long vector, int count, int flags) {
    try {
      return Scratch.result(
          memory,
          (int)
              Sendmmsg.HANDLE.invokeExact(
                  memory, (long) fd, vector, (long) count, (long) flags, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Sendmmsg {
    static final MethodHandle HANDLE = Link.plain("sendmmsg");
  }

  /**
   * recvmmsg(2) without a timeout.
   *
   * @param memory begins with errno; the vector and all that it points to must live until this
   *     returns
   * @see <a href="https://man7.org/linux/man-pages/man2/recvmmsg.2.html">recvmmsg(2)</a>
   */
  static int recvmmsg(MemorySegment memory, int fd, long vector, int count, int flags) {
    try {
      return Scratch.result(
          memory,
          (int)
              Recvmmsg.HANDLE.invokeExact(
                  memory, (long) fd, vector, (long) count, (long) flags, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Recvmmsg {
    static final MethodHandle HANDLE = Link.plain("recvmmsg");
  }

  /**
   * socket(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
   */
  static int socket(Scratch scratch, int domain, int type, int protocol) {
    try {
      return scratch.result(
          (int)
              Socket.HANDLE.invokeExact(
                  scratch.memory, (long) domain, (long) type, (long) protocol, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Socket {
    static final MethodHandle HANDLE = Link.plain("socket");
  }

  /**
   * bind(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
   */
  static int bind(Scratch scratch, int fd, long address, int length) {
    try {
      return scratch.result(
          (int) Bind.HANDLE.invokeExact(scratch.memory, (long) fd, address, (long) length, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Bind {
    static final MethodHandle HANDLE = Link.plain("bind");
  }

  /**
   * listen(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
   */
  static int listen(Scratch scratch, int fd, int backlog) {
    try {
      return scratch.result(
          (int) Listen.HANDLE.invokeExact(scratch.memory, (long) fd, (long) backlog, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Listen {
    static final MethodHandle HANDLE = Link.plain("listen");
  }

  /**
   * accept4(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/accept4.2.html">accept4(2)</a>
   */
  static int accept4(Scratch scratch, int fd, long address, long length, int flags) {
    try {
      return scratch.result(
          (int)
              Accept4.HANDLE.invokeExact(
                  scratch.memory, (long) fd, address, length, (long) flags, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Accept4 {
    static final MethodHandle HANDLE = Link.plain("accept4");
  }

  /**
   * connect(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
   */
  static int connect(Scratch scratch, int fd, long address, int length) {
    try {
      return scratch.result(
          (int)
              Connect.HANDLE.invokeExact(
                  scratch.memory, (long) fd, address, (long) length, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Connect {
    static final MethodHandle HANDLE = Link.plain("connect");
  }

  /**
   * shutdown(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a>
   */
  static int shutdown(Scratch scratch, int fd, int how) {
    try {
      return scratch.result(
          (int) Shutdown.HANDLE.invokeExact(scratch.memory, (long) fd, (long) how, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Shutdown {
    static final MethodHandle HANDLE = Link.plain("shutdown");
  }

  /**
   * getsockname(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
   */
  static int getsockname(Scratch scratch, int fd, long address, long length) {
    try {
      return scratch.result(
          (int) Getsockname.HANDLE.invokeExact(scratch.memory, (long) fd, address, length, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Getsockname {
    static final MethodHandle HANDLE = Link.plain("getsockname");
  }

  /**
   * getpeername(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
   */
  static int getpeername(Scratch scratch, int fd, long address, long length) {
    try {
      return scratch.result(
          (int) Getpeername.HANDLE.invokeExact(scratch.memory, (long) fd, address, length, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Getpeername {
    static final MethodHandle HANDLE = Link.plain("getpeername");
  }

  /**
   * getsockopt(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a>
   */
  static int getsockopt(Scratch scratch, int fd, int level, int name, long value, long length) {
    try {
      return scratch.result(
          (int)
              Getsockopt.HANDLE.invokeExact(
                  scratch.memory, (long) fd, (long) level, (long) name, value, length));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Getsockopt {
    static final MethodHandle HANDLE = Link.plain("getsockopt");
  }

  /**
   * setsockopt(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
   */
  static int setsockopt(Scratch scratch, int fd, int level, int name, long value, int length) {
    try {
      return scratch.result(
          (int)
              Setsockopt.HANDLE.invokeExact(
                  scratch.memory, (long) fd, (long) level, (long) name, value, (long) length));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Setsockopt {
    static final MethodHandle HANDLE = Link.plain("setsockopt");
  }

  /**
   * epoll_create1(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/epoll_create1.2.html">epoll_create1(2)</a>
   */
  static int epollCreate(Scratch scratch, int flags) {
    try {
      return scratch.result(
          (int) EpollCreate.HANDLE.invokeExact(scratch.memory, (long) flags, 0L, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class EpollCreate {
    static final MethodHandle HANDLE = Link.plain("epoll_create1");
  }

  /**
   * epoll_ctl(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
   */
  static int epollCtl(Scratch scratch, int epfd, int op, int fd, long event) {
    try {
      return scratch.result(
          (int)
              EpollCtl.HANDLE.invokeExact(
                  scratch.memory, (long) epfd, (long) op, (long) fd, event, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** epoll_ctl(2) with EPOLL_CTL_DEL, as a {@linkplain Link#quiet quiet} call. */
  static int epollDelete(int epfd, int fd, long event) {
    try {
      return (int)
          EpollDelete.HANDLE.invokeExact(
              (long) epfd, (long) Linux.EPOLL_CTL_DEL, (long) fd, event, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class EpollDelete {
    static final MethodHandle HANDLE = Link.quiet("epoll_ctl");
  }

  private static final class EpollCtl {
    static final MethodHandle HANDLE = Link.plain("epoll_ctl");
  }

  /**
   * eventfd(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
   */
  static int eventfd(Scratch scratch, int initial, int flags) {
    try {
      return scratch.result(
          (int)
              Eventfd.HANDLE.invokeExact(scratch.memory, (long) initial, (long) flags, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Eventfd {
    static final MethodHandle HANDLE = Link.plain("eventfd");
  }

  /**
   * pipe2(2).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/pipe2.2.html">pipe2(2)</a>
   */
  static int pipe2(Scratch scratch, long ends, int flags) {
    try {
      return scratch.result(
          (int) Pipe2.HANDLE.invokeExact(scratch.memory, ends, (long) flags, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Pipe2 {
    static final MethodHandle HANDLE = Link.plain("pipe2");
  }

  /**
   * splice(2) without offsets. {@code len} must fit into an {@code int}, as the result then does.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</a>
   */
  static int splice(Scratch scratch, int in, int out, int len, int flags) {
    try {
      return scratch.result(
          (int)
              Splice.HANDLE.invokeExact(
                  scratch.memory, (long) in, 0L, (long) out, 0L, (long) len, (long) flags));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Splice {
    static final MethodHandle HANDLE = Link.plainSix("splice");
  }

  /**
   * write(2), as a {@linkplain Link#quiet quiet} call.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
   */
  static int write(int fd, long address, long count) {
    try {
      return (int) Write.HANDLE.invokeExact((long) fd, address, count, 0L, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Write {
    static final MethodHandle HANDLE = Link.quiet("write");
  }

  /**
   * close(2), as a {@linkplain Link#quiet quiet} call.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>
   */
  static int close(int fd) {
    try {
      return (int) Close.HANDLE.invokeExact((long) fd, 0L, 0L, 0L, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Close {
    static final MethodHandle HANDLE = Link.quiet("close");
  }

  /**
   * ioctl(2) whose argument points to an {@code int}.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>
   */
  static int ioctl(Scratch scratch, int fd, int request, MemorySegment value) {
    try {
      return scratch.result(
          (int) Ioctl.HANDLE.invokeExact(scratch.memory, fd, (long) request, value));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Ioctl {
    static final MethodHandle HANDLE = Link.variadic("ioctl");
  }

  /**
   * fcntl(2) whose argument is an {@code int}, or that takes none and ignores it. It goes as a
   * pointer, in the same register, so that the signature is ioctl's.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
   */
  static int fcntl(Scratch scratch, int fd, int op, int argument) {
    try {
      return scratch.result(
          (int)
              Fcntl.HANDLE.invokeExact(
                  scratch.memory, fd, (long) op, MemorySegment.ofAddress(argument)));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static final class Fcntl {
    static final MethodHandle HANDLE = Link.variadic("fcntl");
  }

  /**
   * What a handle threw: not the call's failure, which is errno, but a refusal to make it, such as
   * memory whose arena is closed or belongs to another thread.
   */
  static RuntimeException unexpected(Throwable t) {
    if (t instanceof Error error) {
      throw error;
    }
    return t instanceof RuntimeException e ? e : new IllegalStateException(t);
  }
}
