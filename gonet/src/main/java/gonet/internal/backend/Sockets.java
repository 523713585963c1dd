package gonet.internal.backend;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens sockets. Implementations are stateless or immutable, and safe for any thread. */
public interface Sockets {

  /** The address family of a socket: what {@code socket(2)} calls its domain. */
  enum Family {
    INET4,
    /** IPv6, and IPv4 through mapped addresses: IPV6_V6ONLY is switched off explicitly. */
    INET6_DUAL,
    /** IPv6 alone: IPV6_V6ONLY is switched on explicitly. */
    INET6_ONLY
  }

  /** The type of a Unix socket. */
  enum UnixKind {
    /** SOCK_STREAM. */
    STREAM,
    /** SOCK_SEQPACKET: a stream of messages. */
    PACKET,
    /** SOCK_DGRAM. */
    DATAGRAM
  }

  /**
   * Opens a TCP socket that is non-blocking and closed on exec, and nothing else: not bound, not
   * connected.
   *
   * @throws SyscallException {@code socket} or {@code setsockopt}; nothing is left open then
   */
  Descriptor openTcp(Family family) throws SyscallException;

  /**
   * As {@link #openTcp}, of multipath TCP.
   *
   * @throws SyscallException {@code socket}, EPROTONOSUPPORT or another where there is none
   */
  default Descriptor openMultipathTcp(Family family) throws SyscallException {
    throw new SyscallException("socket", Errno.EPROTONOSUPPORT);
  }

  /**
   * Opens a UDP socket that is non-blocking and closed on exec, with SO_BROADCAST, and nothing
   * else.
   *
   * @throws SyscallException {@code socket} or {@code setsockopt}; nothing is left open then
   */
  Descriptor openUdp(Family family) throws SyscallException;

  /**
   * Opens a raw IP socket (raw(7)) that is non-blocking and closed on exec, with SO_BROADCAST, and
   * nothing else.
   *
   * @param protocol of IP, 0 to 255
   * @throws SyscallException {@code socket}: EPERM without CAP_NET_RAW; EPROTONOSUPPORT where the
   *     backend has none. Nothing is left open then
   */
  default Descriptor openRaw(Family family, int protocol) throws SyscallException {
    throw new SyscallException("socket", Errno.EPROTONOSUPPORT);
  }

  /**
   * Opens a Unix socket that is non-blocking and closed on exec, and nothing else.
   *
   * @throws SyscallException {@code socket}: want of descriptors or memory; EPROTONOSUPPORT where
   *     this backend has none of the kind. Nothing is left open then
   */
  default Descriptor openUnix(UnixKind kind) throws SyscallException {
    throw new SyscallException("socket", Errno.EPROTONOSUPPORT);
  }

  /**
   * Whether Unix sockets are all that unix(7) says: streams, packets and datagrams, paths and
   * names, a bind that does not listen yet. Otherwise there are at most streams over paths.
   */
  default boolean hasAllOfUnix() {
    return false;
  }

  /**
   * Takes a TCP socket, or a Unix socket of one of the kinds, that this process has already, by a
   * duplicate of its descriptor that is non-blocking and closed on exec. The caller keeps {@code
   * number}, which shares O_NONBLOCK and everything else of the open file description with the
   * duplicate. A socket that is refused stays as it was.
   *
   * @param number as the kernel counts; any number, also one that is not open
   * @param listening whether it must listen, or must be connected
   * @throws WrongSocketException when it is a socket, but not such a one
   * @throws SyscallException {@code fcntl}, with EBADF for what is not open; {@code getsockopt},
   *     with ENOTSOCK for what is no socket; {@code getpeername}, with ENOTCONN for what is not
   *     connected; ENOSYS where the backend has no numbers. Nothing is left open then
   */
  Descriptor adopt(int number, boolean listening) throws SyscallException, WrongSocketException;

  /**
   * Takes a UDP socket, or a Unix socket of datagrams, as {@link #adopt} does; connected or not.
   *
   * @throws WrongSocketException when it is a socket, but not such a one
   * @throws SyscallException as {@link #adopt}
   */
  default Descriptor adoptPackets(int number) throws SyscallException, WrongSocketException {
    throw new SyscallException("fcntl", Errno.ENOSYS);
  }

  /** close(2) of a number that {@link Descriptor#receiveRights} or {@code duplicate} has given. */
  default void closeNumber(int number) {
    throw new UnsupportedOperationException("no numbers here");
  }

  /**
   * Opens a pipe, empty.
   *
   * @throws SyscallException {@code pipe2}: want of descriptors or memory; ENOSYS where this
   *     backend has none
   */
  default KernelPipe openPipe() throws SyscallException {
    throw new SyscallException("pipe2", Errno.ENOSYS);
  }

  /**
   * The network interfaces of this host, in the order of their indexes.
   *
   * @throws SyscallException {@code netlink}, or whatever the backend asks
   */
  List<RawInterface> interfaces() throws SyscallException;

  /** Whether this host has IPv6 sockets that also take IPv4 peers. Probed once, then remembered. */
  boolean supportsDualStack();

  /** Whether this host can bind an IPv6 address at all. Probed once, then remembered. */
  boolean supportsIpv6();

  /** The number of this process: getpid(2). */
  default long processId() {
    return ProcessHandle.current().pid();
  }

  /**
   * Waits until a process has ended.
   *
   * @param pid of this PID namespace; one that nobody has is of a process that has ended
   * @return false if it lives after {@code nanos}, and at once for this process itself
   */
  default boolean awaitProcessEnd(long pid, long nanos) throws InterruptedException {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      return true;
    }
    if (pid == ProcessHandle.current().pid()) {
      return false;
    }
    try {
      var _ = process.onExit().get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return !process.isAlive();
    }
  }

  /** The longest accept queue the kernel grants, as in /proc/sys/net/core/somaxconn. */
  int maxBacklog();
}
