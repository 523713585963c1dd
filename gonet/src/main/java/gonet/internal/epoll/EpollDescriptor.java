package gonet.internal.epoll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.Gather;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SocketQueries;
import gonet.internal.sys.SpliceCalls;
import gonet.internal.sys.Transfer;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A socket by its number. Small: there is one for every idle connection. */
class EpollDescriptor extends Descriptor {
  /** Slots of {@link #errno}, one for each direction; the layer above locks each of them. */
  static final int READ = 0;

  static final int WRITE = 1;

  final int fd;

  /** AF_INET, AF_INET6 or AF_UNIX, which decides how addresses are spelled to the kernel. */
  final byte domain;

  /**
   * Others have the open file description, and may take O_NONBLOCK away, which splice(2) goes by.
   * Never false again; written before they have it.
   */
  private volatile boolean shared;

  /**
   * Where the critical calls leave errno. Guarded by the locks of {@code FD}, slot by slot. Null
   * before the first call and while it rests; a reader and a writer may then make one each, and
   * each finds its result in its own.
   */
  private int @Nullable [] errno;

  EpollDescriptor(int fd, int domain) {
    this(fd, domain, false);
  }

  EpollDescriptor(int fd, int domain, boolean shared) {
    this.fd = fd;
    this.domain = (byte) domain;
    this.shared = shared;
  }

  /** The object for a number that nobody else knows; want of memory closes it. */
  static EpollDescriptor owner(int fd, int domain) {
    try {
      return new EpollDescriptor(fd, domain);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  final int[] errno() {
    int[] known = errno;
    if (known == null) {
      known = new int[2];
      errno = known;
    }
    return known;
  }

  @Override
  public void rest() {
    errno = null;
  }

  @Override
  public int maxReceive() {
    return Transfer.MAX_RECEIVE;
  }

  @Override
  public int maxSend() {
    return Transfer.MAX_SEND;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    return Transfer.receive(fd, buf, off, len, errno(), READ);
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    return Transfer.receive(fd, buf, len, errno(), READ);
  }

  @Override
  public int probeRead() {
    return Transfer.peek(fd, errno(), READ);
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    return Transfer.send(fd, buf, off, len, errno(), WRITE);
  }

  @Override
  public int send(ByteBuffer buf) {
    return Transfer.send(fd, buf, errno(), WRITE);
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    return Gather.send(fd, bufs, off, count, errno(), WRITE);
  }

  @Override
  public boolean splices() {
    return !shared;
  }

  @Override
  public int spliceInto(KernelPipe pipe, int len) {
    return SpliceCalls.splice(fd, ((EpollPipe) pipe).writeEnd(), len);
  }

  @Override
  public int spliceFrom(KernelPipe pipe, int len) {
    return SpliceCalls.splice(((EpollPipe) pipe).readEnd(), fd, len);
  }

  @Override
  public void bind(AddrPort local) throws SyscallException {
    check("bind", SocketCalls.bind(fd, domain, local));
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    check("listen", SocketCalls.listen(fd, backlog));
  }

  @Override
  public int accept(Accepted into) {
    int accepted = SocketCalls.accept(fd, domain, into);
    if (accepted < 0) {
      return accepted;
    }
    into.descriptor = accepted(accepted);
    return 0;
  }

  /** The object for a connection of this listener; want of memory closes it. */
  EpollDescriptor accepted(int number) {
    return owner(number, domain);
  }

  @Override
  public int connect(AddrPort remote) {
    return SocketCalls.connect(fd, domain, remote);
  }

  @Override
  public int finishConnect() {
    try {
      int error = SocketQueries.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ERROR);
      if (error == 0) {
        var _ = SocketQueries.getpeername(fd);
        return 0;
      }
      return switch (error) {
        case Errno.EISCONN -> 0;
        case Errno.EINPROGRESS, Errno.EALREADY, Errno.EINTR -> -Errno.EINPROGRESS;
        default -> -error;
      };
    } catch (SyscallException e) {
      // A clean SO_ERROR without a peer: woken too early. The edge that counts is still to come.
      return e.errno() == Errno.ENOTCONN ? -Errno.EINPROGRESS : -e.errno();
    }
  }

  @Override
  public AddrPort localAddr() throws SyscallException {
    return SocketQueries.getsockname(fd);
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    return SocketQueries.getpeername(fd);
  }

  @Override
  public int shutdownRead() {
    return SocketCalls.shutdown(fd, Linux.SHUT_RD);
  }

  @Override
  public int shutdownWrite() {
    return SocketCalls.shutdown(fd, Linux.SHUT_WR);
  }

  @Override
  public final void setOption(Option option, int value) throws SyscallException {
    if (!supports(option)) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    }
    EpollOptions.set(fd, domain, option, value);
    optionSet();
  }

  @Override
  public final int getOption(Option option) throws SyscallException {
    if (!supports(option)) {
      throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
    }
    return EpollOptions.get(fd, domain, option);
  }

  @Override
  public boolean supports(Option option) {
    return !option.ofDatagrams();
  }

  /** An option has changed. */
  void optionSet() {}

  @Override
  public void setOption(int level, int name, int value) throws SyscallException {
    SocketQueries.setsockopt(fd, level, name, value);
    optionSet();
  }

  @Override
  public int getOption(int level, int name) throws SyscallException {
    return SocketQueries.getsockopt(fd, level, name);
  }

  @Override
  public void setOption(int level, int name, byte[] value) throws SyscallException {
    SocketQueries.setsockopt(fd, level, name, value);
    optionSet();
  }

  @Override
  public byte[] getOption(int level, int name, int maxLength) throws SyscallException {
    return SocketQueries.getsockoptBytes(fd, level, name, maxLength);
  }

  @Override
  public RawTcpInfo tcpInfo() throws SyscallException {
    return SocketQueries.tcpInfo(fd);
  }

  /** {@inheritDoc} The kernel has this option for no other: Go's {@code isUsingMultipathTCP}. */
  @Override
  public boolean isMultipath() {
    try {
      var _ = SocketQueries.getsockoptBytes(fd, Linux.SOL_MPTCP, Linux.MPTCP_INFO, Integer.BYTES);
      return true;
    } catch (SyscallException e) {
      return false;
    }
  }

  @Override
  public int unsentBytes() throws SyscallException {
    return SocketQueries.ioctl(fd, Linux.SIOCOUTQ);
  }

  @Override
  public int availableBytes() throws SyscallException {
    return SocketQueries.ioctl(fd, Linux.FIONREAD);
  }

  @Override
  public int duplicate() throws SyscallException {
    shared = true;
    int number = SocketCalls.duplicate(fd);
    check("fcntl", number);
    return number;
  }

  @Override
  public int number() {
    return fd;
  }

  @Override
  public int close() {
    return SocketCalls.close(fd);
  }

  static void check(String call, int result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call, -result);
    }
  }
}
