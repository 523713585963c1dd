package gonet.test.sim;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A number of a simulated process, with a TCP socket behind it. Each call is a point where another
 * thread may come in between, as it may be for a system call.
 */
final class TcpDescriptor extends Descriptor {
  private static final int MAX = 1 << 18;

  private final Machine machine;
  private final TcpSocket socket;
  private final int number;
  private boolean closed;

  TcpDescriptor(Machine machine, TcpSocket socket, int number) {
    this.machine = machine;
    this.socket = socket;
    this.number = number;
  }

  /** The socket, for the readiness. */
  void watch(Readiness.@Nullable Sink sink) {
    socket.watch(sink);
  }

  /** Zero, or the negated errno of every call once the machine has crashed. */
  private int enter() {
    machine.sim().point();
    return machine.gone() ? -Errno.EBADF : 0;
  }

  @Override
  public int maxReceive() {
    return MAX;
  }

  @Override
  public int maxSend() {
    return MAX;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    int gone = enter();
    return gone != 0 ? gone : socket.receive(buf, off, Math.min(len, MAX));
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    byte[] bytes = new byte[Math.min(len, MAX)];
    int n = receive(bytes, 0, bytes.length);
    if (n > 0) {
      buf.put(bytes, 0, n);
    }
    return n;
  }

  @Override
  public int probeRead() {
    int gone = enter();
    return gone != 0 ? gone : socket.probe();
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    int gone = enter();
    return gone != 0 ? gone : socket.send(buf, off, Math.min(len, MAX));
  }

  @Override
  public int send(ByteBuffer buf) {
    byte[] bytes = new byte[Math.min(buf.remaining(), MAX)];
    buf.get(buf.position(), bytes);
    int n = send(bytes, 0, bytes.length);
    if (n > 0) {
      buf.position(buf.position() + n);
    }
    return n;
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    long sum = 0;
    for (int i = off; i < off + count; i++) {
      if (bufs[i].hasRemaining()) {
        int wanted = bufs[i].remaining();
        int n = send(bufs[i]);
        if (n < 0) {
          return sum > 0 ? sum : n;
        }
        sum += n;
        if (n < wanted) {
          break;
        }
      }
    }
    return sum;
  }

  @Override
  public void bind(AddrPort local) throws SyscallException {
    if (socket.local != null) {
      throw new SyscallException("bind", Errno.EINVAL);
    }
    machine.bind(socket, local);
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    socket.listen(backlog);
    note("listens at " + socket.local());
  }

  @Override
  public int accept(Accepted into) {
    int gone = enter();
    if (gone != 0) {
      return gone;
    }
    int failure = machine.host().acceptFailure();
    if (failure != 0) {
      return -failure;
    }
    if (socket.queue.isEmpty()) {
      return -Errno.EAGAIN;
    }
    int given;
    try {
      given = machine.open("accept4");
    } catch (SyscallException e) {
      return -e.errno();
    }
    TcpSocket child = socket.queue.remove();
    into.descriptor = new TcpDescriptor(machine, child, given);
    into.remote = child.remote();
    note("accepts " + child.remote());
    return 0;
  }

  @Override
  public int connect(AddrPort remote) {
    int gone = enter();
    if (gone != 0) {
      return gone;
    }
    int n = socket.connect(remote);
    note("connects to " + remote + (n == -Errno.EINPROGRESS ? "" : ": " + Errno.name(-n)));
    return n;
  }

  @Override
  public int finishConnect() {
    int gone = enter();
    return gone != 0 ? gone : socket.finishConnect();
  }

  @Override
  public AddrPort localAddr() {
    AddrPort local = socket.local;
    return local != null
        ? local
        : AddrPort.of(
            socket.family == gonet.internal.backend.Sockets.Family.INET4
                ? gonet.netip.Addr.ipv4Unspecified()
                : gonet.netip.Addr.ipv6Unspecified(),
            0);
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    AddrPort remote = socket.remote;
    if (remote == null || socket.state == TcpSocket.State.CLOSED) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    return remote;
  }

  @Override
  public int shutdownRead() {
    int gone = enter();
    return gone != 0 ? gone : socket.shutdownRead();
  }

  @Override
  public int shutdownWrite() {
    int gone = enter();
    note("ends its half of " + socket.local + " > " + socket.remote);
    return gone != 0 ? gone : socket.shutdownWrite();
  }

  @Override
  public void setOption(Option option, int value) throws SyscallException {
    if (!supports(option)) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    }
    socket.set(option, value);
  }

  @Override
  public int getOption(Option option) throws SyscallException {
    if (!supports(option)) {
      throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
    }
    return socket.get(option);
  }

  @Override
  public boolean supports(Option option) {
    return !option.ofDatagrams();
  }

  @Override
  public void setOption(int level, int name, int value) throws SyscallException {
    throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public int getOption(int level, int name) throws SyscallException {
    throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public void setOption(int level, int name, byte[] value) throws SyscallException {
    throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public byte[] getOption(int level, int name, int maxLength) throws SyscallException {
    throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public RawTcpInfo tcpInfo() throws SyscallException {
    throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
  }

  @Override
  public int unsentBytes() {
    return socket.unsent();
  }

  @Override
  public int availableBytes() {
    return socket.available();
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public int close() {
    // What the garbage collector finds, at a time of its own, must not change what happens.
    if (!(VirtualThreads.carrier() instanceof Carrier) || closed) {
      return 0;
    }
    closed = true;
    if (!machine.gone()) {
      note("closes " + socket.local + " > " + socket.remote);
      machine.release(number);
      socket.close();
    }
    return 0;
  }

  private void note(String what) {
    EventLog log = machine.sim().log();
    if (log.kept()) {
      SimThread current = machine.sim().scheduler().current();
      log.add(current == null ? machine.name() : current.toString(), what);
    }
  }
}
