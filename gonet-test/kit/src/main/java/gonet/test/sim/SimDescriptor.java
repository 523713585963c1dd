package gonet.test.sim;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;

/**
 * A number of a simulated process, with a socket behind it. Each call is a point where another
 * thread may come in between, as it may be for a system call.
 */
abstract class SimDescriptor extends Descriptor {
  final HostProcess process;
  final Machine machine;
  private final OpenSocket open;
  private final int number;
  private boolean closed;

  SimDescriptor(HostProcess process, OpenSocket open, int number) {
    this.process = process;
    this.machine = process.machine();
    this.open = open;
    this.number = number;
  }

  /** Who hears of the socket. */
  final Edges edges() {
    return open.edges();
  }

  /** What is true of it now, as edges tell it. */
  final int level() {
    return open.level();
  }

  /** As a log shows it. */
  String addresses() {
    return open.toString();
  }

  /** Zero, or the negated errno of every call once the process has ended. */
  final int enter() {
    machine.sim().point();
    return process.gone() ? -Errno.EBADF : 0;
  }

  final void note(String what) {
    EventLog log = machine.sim().log();
    if (log.kept()) {
      SimThread current = machine.sim().scheduler().current();
      log.add(current == null ? machine.name() : current.toString(), what);
    }
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    byte[] bytes = new byte[Math.min(len, 1 << 18)];
    int n = receive(bytes, 0, bytes.length);
    if (n > 0) {
      buf.put(bytes, 0, n);
    }
    return n;
  }

  /** As much of it as one call takes. */
  @Override
  public int send(ByteBuffer buf) {
    byte[] bytes = new byte[Math.min(buf.remaining(), maxSend())];
    buf.get(buf.position(), bytes);
    int n = send(bytes, 0, bytes.length);
    if (n > 0) {
      buf.position(buf.position() + n);
    }
    return n;
  }

  @Override
  public final void setOption(Option option, int value) throws SyscallException {
    require("setsockopt", option);
    open.set(option, value);
  }

  @Override
  public final int getOption(Option option) throws SyscallException {
    require("getsockopt", option);
    return open.get(option);
  }

  @Override
  public final void setOption(int level, int name, int value) throws SyscallException {
    throw byNumber();
  }

  @Override
  public final int getOption(int level, int name) throws SyscallException {
    throw byNumber();
  }

  @Override
  public final void setOption(int level, int name, byte[] value) throws SyscallException {
    throw byNumber();
  }

  @Override
  public final byte[] getOption(int level, int name, int maxLength) throws SyscallException {
    throw byNumber();
  }

  private static SyscallException byNumber() {
    return new SyscallException("setsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public RawTcpInfo tcpInfo() throws SyscallException {
    throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public final int duplicate() throws SyscallException {
    int gone = enter();
    OpenSocket socket = gone == 0 ? process.socket(number) : null;
    if (socket == null) {
      throw new SyscallException("fcntl", Errno.EBADF);
    }
    return process.open("fcntl", socket);
  }

  @Override
  public final int number() {
    return number;
  }

  @Override
  public final int close() {
    // What the garbage collector finds, at a time of its own, must not change what happens.
    if (!(VirtualThreads.carrier() instanceof Carrier) || closed) {
      return 0;
    }
    closed = true;
    if (!process.gone()) {
      note("closes " + addresses());
      process.close(number);
    }
    return 0;
  }

  /** The named option, if this kind of socket has it. */
  private void require(String call, Option option) throws SyscallException {
    if (!supports(option)) {
      throw new SyscallException(call, Errno.ENOPROTOOPT);
    }
  }

  static AddrPort nowhere(Family family) {
    return AddrPort.of(family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified(), 0);
  }
}
