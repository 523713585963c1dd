package gonet.internal.backend;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One open, non-blocking socket of a backend. No method blocks, whatever another process does to
 * the open file description; {@link #close} alone may, when SO_LINGER says so.
 *
 * <p>Methods that return {@code int} or {@code long} answer with a count of at least zero, or with
 * a negated {@link Errno}. They do not retry EINTR: the caller's loop does, so that a fault switch
 * can stand between the two.
 *
 * <p>Not safe by itself for several threads. {@code FD} holds its read lock around {@code receive}
 * and {@code accept}, its write lock around {@code send}, {@code connect} and {@code
 * finishConnect}, and a reference around all the rest, so that {@link #close} runs alone and last.
 */
public abstract class Descriptor {

  // ---- data path: no allocation --------------------------------------------------------------

  /**
   * The most that one {@link #receive} asks of the kernel. A caller that passes more is answered as
   * if it had passed this; whoever draws conclusions from a short read must compare with the
   * smaller one.
   */
  public abstract int maxReceive();

  /** The most that one {@link #send} gives to the kernel. More may be passed. */
  public abstract int maxSend();

  /** recv(2) into {@code buf[off, off+len)}. Zero is the end of the stream. */
  public abstract int receive(byte[] buf, int off, int len);

  /** recv(2) of at most {@code len} bytes at {@code buf}'s position, which moves by the result. */
  public abstract int receive(ByteBuffer buf, int len);

  /**
   * Whether a {@link #receive} would find something, without taking it: recv(2) with MSG_PEEK.
   *
   * @return at least zero if so, the end of the stream included; {@code -EAGAIN} if not; {@code
   *     -ENOSYS} where this cannot be asked and {@link Readiness#arm} tells; or a failure, which
   *     the kernel has told with this and will not tell again
   */
  public int probeRead() {
    return -Errno.ENOSYS;
  }

  /**
   * Nobody reads, perhaps for long: gives up memory that the next call makes anew. Called under the
   * read lock, perhaps beside a send.
   */
  public void rest() {}

  /** send(2) from {@code buf[off, off+len)}. */
  public abstract int send(byte[] buf, int off, int len);

  /** send(2) of what {@code buf} has remaining; its position moves by the result. */
  public abstract int send(ByteBuffer buf);

  /**
   * Gathers {@code bufs[off, off+count)}, at least one of them not empty, into as few segments as
   * the kernel allows; positions move by what went out, over whole buffers and into the middle of
   * one. Sends at most what one system call takes: the caller loops.
   */
  public abstract long send(ByteBuffer[] bufs, int off, int count);

  /**
   * Whether the kernel tells of room with every piece that leaves the socket, also when nobody has
   * found it full, as of datagrams and Unix sockets: sock_wfree wakes whoever listens. TCP tells it
   * to a socket that a send has found full. Where this is true nobody listens for room but while a
   * write waits; see {@link Readiness#arm}.
   */
  public boolean tellsAllRoom() {
    return false;
  }

  /**
   * Whether {@link #spliceInto} and {@link #spliceFrom} can be used, and will not block whatever
   * happens.
   */
  public boolean splices() {
    return false;
  }

  /**
   * splice(2) of at most {@code len} bytes of what has arrived into an empty pipe. Zero is the end
   * of the stream. {@code -EAGAIN} proves nothing: the kernel also says so where it cannot move
   * what is there, because urgent data or want of memory is in its way.
   */
  public int spliceInto(KernelPipe pipe, int len) {
    return -Errno.ENOSYS;
  }

  /** splice(2) of at most {@code len} bytes, which the pipe has, to the peer. */
  public int spliceFrom(KernelPipe pipe, int len) {
    return -Errno.ENOSYS;
  }

  /**
   * sendmsg(2) of {@code buf[off, off+len)}, at least one byte, with descriptors beside the first
   * (unix(7)). What goes out of a stream may be less than {@code len}; the descriptors are gone
   * with the first byte.
   *
   * @param numbers at least one, at most {@link Rights#MAX}; they stay open here
   */
  public int sendRights(byte[] buf, int off, int len, int[] numbers) {
    return -Errno.ENOSYS;
  }

  /**
   * recvmsg(2) into {@code buf[off, off+len)}, and of the descriptors that came beside it. Any
   * other receive drops and closes them.
   */
  public int receiveRights(byte[] buf, int off, int len, Rights into) {
    return -Errno.ENOSYS;
  }

  // ---- datagrams: no allocation --------------------------------------------------------------

  /**
   * recvmsg(2) of one datagram. {@link #receive(byte[], int, int)} takes one as well and tells
   * nothing beside its bytes; zero is an empty one there.
   *
   * @return zero when there was one, or a negated errno
   */
  public int receive(Packet into) {
    return -Errno.EOPNOTSUPP;
  }

  /**
   * sendmsg(2) of one datagram, whole or not at all.
   *
   * @return zero when it went out, or a negated errno
   */
  public int send(Packet packet) {
    return -Errno.EOPNOTSUPP;
  }

  /**
   * recvmmsg(2): as many datagrams as are there, into the first packets of the batch.
   *
   * @return how many, at least one, or a negated errno
   */
  public int receive(PacketBatch into, int max) {
    return -Errno.EOPNOTSUPP;
  }

  /**
   * sendmmsg(2) of {@code count} packets from {@code off} on. Stops at the first that fails.
   *
   * @return how many went out, at least one, or a negated errno, which is about the first
   */
  public int send(PacketBatch batch, int off, int count) {
    return -Errno.EOPNOTSUPP;
  }

  /** Sends an empty datagram to the peer that this socket is connected to. Zero or an errno. */
  public int sendEmpty() {
    return -Errno.EOPNOTSUPP;
  }

  /**
   * Joins a group on an interface, or leaves it.
   *
   * @param source the only sender that is heard, or null for all of them
   * @throws SyscallException {@code setsockopt}
   */
  public void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source)
      throws SyscallException {
    throw new SyscallException("setsockopt", Errno.EOPNOTSUPP);
  }

  // ---- establishment -------------------------------------------------------------------------

  /** bind(2). */
  public abstract void bind(AddrPort local) throws SyscallException;

  /**
   * bind(2) of a Unix socket. {@link UnixName#UNNAMED} has the kernel choose an abstract name.
   *
   * @throws SyscallException EAFNOSUPPORT where this is none
   */
  public void bind(UnixName local) throws SyscallException {
    throw new SyscallException("bind", Errno.EAFNOSUPPORT);
  }

  /** listen(2). A backlog beyond {@link Sockets#maxBacklog} is cut to it by the kernel. */
  public abstract void listen(int backlog) throws SyscallException;

  /** Where {@link #accept} puts what it took from the queue. Owned by one listener. */
  public static final class Accepted {
    /** The new socket: non-blocking, closed on exec. Null before the first success. */
    public @Nullable Descriptor descriptor;

    /** The peer as accept(2) told it: getpeername fails when the peer has reset since. */
    public @Nullable AddrPort remote;

    /** The peer's name in the place of {@link #remote}, where this is a Unix socket. */
    public @Nullable UnixName remoteName;
  }

  /** accept4(2) with NONBLOCK and CLOEXEC. Zero and {@code into} filled, or a negated errno. */
  public abstract int accept(Accepted into);

  /** connect(2): zero, {@code -EINPROGRESS}, or the failure. */
  public abstract int connect(AddrPort remote);

  /**
   * connect(2) of a Unix socket, which is never in progress: zero or the failure, {@code -EAGAIN}
   * if the listener's queue is full. No edge tells when there is room again, and the descriptor may
   * be good for nothing afterwards.
   */
  public int connect(UnixName remote) {
    return -Errno.EAFNOSUPPORT;
  }

  /**
   * What became of a connect in progress, once the socket is writable: SO_ERROR, and when that is
   * clean, getpeername, because writability alone proves nothing (Go issues 14548 and 19289).
   *
   * @return zero when connected, {@code -EINPROGRESS} when the wake-up was spurious, or the failure
   */
  public abstract int finishConnect();

  // ---- the rest --------------------------------------------------------------------------------

  /** getsockname(2). IPv4 peers of a dual-stack socket appear as plain IPv4. */
  public abstract AddrPort localAddr() throws SyscallException;

  /** getpeername(2). */
  public abstract AddrPort remoteAddr() throws SyscallException;

  /** Which kind of Unix socket this is; null for TCP. */
  public Sockets.@Nullable UnixKind unixKind() {
    return null;
  }

  /** getsockname(2) of a Unix socket. */
  public UnixName localName() throws SyscallException {
    throw new SyscallException("getsockname", Errno.EAFNOSUPPORT);
  }

  /** getpeername(2) of a Unix socket. */
  public UnixName remoteName() throws SyscallException {
    throw new SyscallException("getpeername", Errno.EAFNOSUPPORT);
  }

  /** shutdown(2) of the receiving half. */
  public abstract int shutdownRead();

  /** shutdown(2) of the sending half. */
  public abstract int shutdownWrite();

  /**
   * setsockopt(2) of one named option.
   *
   * @throws SyscallException {@code setsockopt}; ENOPROTOOPT where this backend has no such option
   */
  public abstract void setOption(Option option, int value) throws SyscallException;

  /**
   * getsockopt(2) of one named option.
   *
   * @throws SyscallException {@code getsockopt}; ENOPROTOOPT where this backend has no such option
   */
  public abstract int getOption(Option option) throws SyscallException;

  /** Whether {@link #setOption} knows the option here, whatever the kernel says to its value. */
  public abstract boolean supports(Option option);

  /** setsockopt(2) of any integer option, by numbers. ENOPROTOOPT on a backend without numbers. */
  public abstract void setOption(int level, int name, int value) throws SyscallException;

  /** getsockopt(2) of any integer option, by numbers. ENOPROTOOPT on a backend without numbers. */
  public abstract int getOption(int level, int name) throws SyscallException;

  /**
   * setsockopt(2) of any option, by numbers and in the kernel's own layout. ENOPROTOOPT on a
   * backend without numbers.
   */
  public abstract void setOption(int level, int name, byte[] value) throws SyscallException;

  /**
   * getsockopt(2) of any option, by numbers and in the kernel's own layout. ENOPROTOOPT on a
   * backend without numbers.
   *
   * @param maxLength the room that the kernel is given, at least zero
   * @return as many bytes as the kernel wrote
   */
  public abstract byte[] getOption(int level, int name, int maxLength) throws SyscallException;

  /** TCP_INFO. ENOPROTOOPT on a backend without it. */
  public abstract RawTcpInfo tcpInfo() throws SyscallException;

  /**
   * Whether this is a connection of multipath TCP that has not fallen back to TCP. False on a
   * backend without it.
   */
  public boolean isMultipath() {
    return false;
  }

  /** Bytes written here and not yet acknowledged by the peer (SIOCOUTQ); ENOPROTOOPT if unknown. */
  public abstract int unsentBytes() throws SyscallException;

  /** Bytes that a receive would find at once (FIONREAD); ENOPROTOOPT if unknown. */
  public abstract int availableBytes() throws SyscallException;

  /** SO_PEERCRED of a Unix socket. ENOPROTOOPT on a backend without it. */
  public RawCredentials peerCredentials() throws SyscallException {
    throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
  }

  /**
   * Another number for the same socket, closed on exec, for the caller to close.
   *
   * @throws SyscallException {@code fcntl}; ENOPROTOOPT on a backend without numbers
   */
  public int duplicate() throws SyscallException {
    throw new SyscallException("fcntl", Errno.ENOPROTOOPT);
  }

  /** The number the kernel knows this socket by, or −1 where a backend hides it. */
  public abstract int number();

  /**
   * close(2), once, after {@link Readiness#deregister}. Not retried on EINTR: Linux has released
   * the number by then (close(2), NOTES).
   *
   * @return zero, or something negative if it fails; the descriptor is gone either way
   */
  public abstract int close();
}
