package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;

/** A number of a simulated process, with a TCP socket behind it. */
final class TcpDescriptor extends SimDescriptor {
  private static final int MAX = 1 << 18;

  private final TcpSocket socket;

  TcpDescriptor(HostProcess process, TcpSocket socket, int number) {
    super(process, socket, number);
    this.socket = socket;
  }

  @Override
  String addresses() {
    return socket.local + " > " + socket.remote;
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
    TcpSocket child = socket.queue.element();
    int given;
    try {
      given = process.open("accept4", child);
    } catch (SyscallException e) {
      return -e.errno();
    }
    socket.queue.remove();
    into.descriptor = child.descriptor(process, given);
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
    return local != null ? local : nowhere(socket.family);
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
  public boolean supports(Option option) {
    return !option.ofDatagrams();
  }

  @Override
  public int unsentBytes() {
    return socket.unsent();
  }

  @Override
  public int availableBytes() {
    return socket.available();
  }
}
