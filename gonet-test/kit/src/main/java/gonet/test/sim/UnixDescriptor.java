package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawCredentials;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A number of a simulated process, with a Unix socket behind it. */
final class UnixDescriptor extends SimDescriptor {
  private static final int MAX = 1 << 18;

  private final UnixSocket socket;

  UnixDescriptor(HostProcess process, UnixSocket socket, int number) {
    super(process, socket, number);
    this.socket = socket;
  }

  private boolean packets() {
    return socket.kind == UnixKind.PACKET;
  }

  // ---- in --------------------------------------------------------------------------------------

  @Override
  public int maxReceive() {
    return packets() ? Integer.MAX_VALUE : MAX;
  }

  @Override
  public int maxSend() {
    return packets() ? Integer.MAX_VALUE : MAX;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    int gone = enter();
    return gone != 0 ? gone : socket.receive(buf, off, Math.min(len, maxReceive()), process, null);
  }

  @Override
  public int receiveRights(byte[] buf, int off, int len, Rights into) {
    int gone = enter();
    if (gone != 0) {
      return gone;
    }
    into.count = 0;
    into.truncated = false;
    int n = socket.receive(buf, off, Math.min(len, maxReceive()), process, into);
    for (int i = 0; i < into.count; i++) {
      note("gets " + process.socket(into.numbers[i]));
    }
    return n;
  }

  @Override
  public int probeRead() {
    int gone = enter();
    return gone != 0 ? gone : socket.probe();
  }

  @Override
  public int availableBytes() {
    return socket.available();
  }

  // ---- out -------------------------------------------------------------------------------------

  @Override
  public int send(byte[] buf, int off, int len) {
    return send(buf, off, len, List.of());
  }

  private int send(byte[] buf, int off, int len, List<OpenSocket> rights) {
    int gone = enter();
    return gone != 0 ? gone : socket.send(buf, off, Math.min(len, maxSend()), rights);
  }

  @Override
  public int sendRights(byte[] buf, int off, int len, int[] numbers) {
    List<OpenSocket> rights = new ArrayList<>();
    for (int number : numbers) {
      OpenSocket each = process.socket(number);
      if (each == null) {
        return -Errno.EBADF;
      }
      rights.add(each);
    }
    return send(buf, off, len, rights);
  }

  /** In one piece, as a packet must be. */
  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    long all = 0;
    for (int i = off; i < off + count; i++) {
      all += bufs[i].remaining();
    }
    ByteBuffer gathered = ByteBuffer.allocate((int) Math.min(all, packets() ? all : MAX));
    for (int i = off; i < off + count && gathered.hasRemaining(); i++) {
      ByteBuffer part = bufs[i].duplicate();
      part.limit(part.position() + Math.min(part.remaining(), gathered.remaining()));
      gathered.put(part);
    }
    int n = send(gathered.array(), 0, gathered.position());
    int left = Math.max(n, 0);
    for (int i = off; left > 0; i++) {
      int step = Math.min(left, bufs[i].remaining());
      bufs[i].position(bufs[i].position() + step);
      left -= step;
    }
    return n;
  }

  @Override
  public int unsentBytes() {
    return socket.unsent();
  }

  // ---- establishment ---------------------------------------------------------------------------

  @Override
  public UnixKind unixKind() {
    return socket.kind;
  }

  @Override
  public void bind(AddrPort local) throws SyscallException {
    throw new SyscallException("bind", Errno.EINVAL);
  }

  @Override
  public void bind(UnixName local) throws SyscallException {
    if (enter() != 0) {
      throw new SyscallException("bind", Errno.EBADF);
    }
    socket.bind(local);
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    if (enter() != 0) {
      throw new SyscallException("listen", Errno.EBADF);
    }
    socket.listen(backlog, process);
    note("listens at " + socket);
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
    if (socket.state != UnixSocket.State.LISTENING) {
      return -Errno.EINVAL;
    }
    UnixSocket child = socket.first();
    if (child == null) {
      return -Errno.EAGAIN;
    }
    int given;
    try {
      given = process.open("accept4", child);
    } catch (SyscallException e) {
      return -e.errno();
    }
    socket.removeFirst();
    into.descriptor = child.descriptor(process, given);
    into.remoteName = child.knownPeer();
    note("accepts at " + socket);
    return 0;
  }

  @Override
  public int connect(AddrPort remote) {
    return -Errno.EINVAL;
  }

  @Override
  public int connect(UnixName remote) {
    int gone = enter();
    if (gone != 0) {
      return gone;
    }
    int n = socket.connect(remote, process);
    note(
        "connects to " + machine.unixNames().shown(remote) + (n == 0 ? "" : ": " + Errno.name(-n)));
    return n;
  }

  @Override
  public int finishConnect() {
    return 0;
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  public AddrPort localAddr() throws SyscallException {
    throw new SyscallException("getsockname", Errno.EAFNOSUPPORT);
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    throw new SyscallException("getpeername", Errno.EAFNOSUPPORT);
  }

  @Override
  public UnixName localName() {
    return socket.name;
  }

  @Override
  public UnixName remoteName() throws SyscallException {
    return socket.peerName();
  }

  @Override
  public RawCredentials peerCredentials() {
    HostProcess known = socket.credentials();
    if (known == null) {
      return new RawCredentials(0, -1, -1);
    }
    SimFiles files = machine.sim().files();
    return new RawCredentials(known.pid(), files.owner("unix:uid"), files.owner("unix:gid"));
  }

  @Override
  public int shutdownRead() {
    int gone = enter();
    return gone != 0 ? gone : socket.shutdown(true);
  }

  @Override
  public int shutdownWrite() {
    int gone = enter();
    note("ends its half of " + socket);
    return gone != 0 ? gone : socket.shutdown(false);
  }

  @Override
  public boolean supports(Option option) {
    return option == Option.SEND_BUFFER || option == Option.RECEIVE_BUFFER;
  }
}
