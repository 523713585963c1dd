package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.RawAddr;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A number of a simulated process, with a UDP socket behind it. */
final class UdpDescriptor extends SimDescriptor {
  private final UdpSocket socket;

  UdpDescriptor(HostProcess process, UdpSocket socket, int number) {
    super(process, socket, number);
    this.socket = socket;
  }

  // ---- in --------------------------------------------------------------------------------------

  @Override
  public int maxReceive() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int maxSend() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    int n = ready();
    if (n < 0) {
      return n;
    }
    byte[] data = Objects.requireNonNull(socket.take()).data();
    int fits = Math.min(len, data.length);
    System.arraycopy(data, 0, buf, off, fits);
    return fits;
  }

  @Override
  public int receive(Packet into) {
    int n = ready();
    if (n < 0) {
      return n;
    }
    UdpPacket came = Objects.requireNonNull(socket.take());
    into.forgetRest();
    into.remote.set(came.from());
    into.wireLength = came.data().length;
    into.length = Math.min(came.data().length, into.data.remaining());
    into.data.put(into.data.position(), came.data(), 0, into.length);
    return 0;
  }

  @Override
  public int receive(PacketBatch into, int max) {
    for (int i = 0; i < max; i++) {
      int n = receive(into.packets[i]);
      if (n < 0) {
        return i > 0 ? i : n;
      }
    }
    return max;
  }

  private int ready() {
    int gone = enter();
    return gone != 0 ? gone : socket.probe();
  }

  @Override
  public int probeRead() {
    return ready();
  }

  @Override
  public int availableBytes() {
    return socket.available();
  }

  // ---- out -------------------------------------------------------------------------------------

  @Override
  public int send(byte[] buf, int off, int len) {
    byte[] data = new byte[len];
    System.arraycopy(buf, off, data, 0, len);
    return send(data, null);
  }

  private int send(byte[] data, @Nullable AddrPort to) {
    int gone = enter();
    return gone != 0 ? gone : socket.send(data, to);
  }

  @Override
  public int send(ByteBuffer buf) {
    byte[] data = copy(buf);
    int n = send(data, null);
    if (n >= 0) {
      buf.position(buf.limit());
    }
    return n;
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    int length = 0;
    for (int i = off; i < off + count; i++) {
      length += bufs[i].remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (int i = off; i < off + count; i++) {
      all.put(bufs[i].duplicate());
    }
    int n = send(all.array(), null);
    for (int i = off; n >= 0 && i < off + count; i++) {
      bufs[i].position(bufs[i].limit());
    }
    return n;
  }

  @Override
  public int sendEmpty() {
    return send(Segment.NOTHING, null);
  }

  @Override
  public int send(Packet packet) {
    if (packet.sendHopLimit >= 0
        || packet.sendTrafficClass >= 0
        || packet.sendInterface != 0
        || packet.source.isPresent()
        || packet.segmentSize != 0) {
      throw machine.sim().lacks("what goes beside a datagram");
    }
    RawAddr to = packet.remote;
    return Math.min(0, send(copy(packet.data), to.isPresent() ? to.toAddrPort() : null));
  }

  private static byte[] copy(ByteBuffer from) {
    byte[] data = new byte[from.remaining()];
    from.get(from.position(), data);
    return data;
  }

  @Override
  public int send(PacketBatch batch, int off, int count) {
    for (int i = 0; i < count; i++) {
      int n = send(batch.packets[off + i]);
      if (n < 0) {
        return i > 0 ? i : n;
      }
    }
    return count;
  }

  @Override
  public int unsentBytes() {
    return 0;
  }

  // ---- establishment ---------------------------------------------------------------------------

  @Override
  public void bind(AddrPort local) throws SyscallException {
    if (socket.local != null) {
      throw new SyscallException("bind", Errno.EINVAL);
    }
    machine.bind(socket, local);
    note("takes datagrams at " + socket.local);
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    throw new SyscallException("listen", Errno.EOPNOTSUPP);
  }

  @Override
  public int accept(Accepted into) {
    return -Errno.EOPNOTSUPP;
  }

  @Override
  public int connect(AddrPort remote) {
    int gone = enter();
    return gone != 0 ? gone : socket.connect(remote);
  }

  @Override
  public int finishConnect() {
    return 0;
  }

  @Override
  public void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source) {
    throw machine.sim().lacks("multicast");
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  public AddrPort localAddr() {
    AddrPort local = socket.local;
    return local != null ? local : nowhere(socket.family);
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    AddrPort peer = socket.peer;
    if (peer == null) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    return peer;
  }

  @Override
  public int shutdownRead() {
    return -Errno.EOPNOTSUPP;
  }

  @Override
  public int shutdownWrite() {
    return -Errno.EOPNOTSUPP;
  }

  @Override
  public boolean supports(Option option) {
    return switch (option) {
      case REUSE_ADDR,
          REUSE_PORT,
          V6_ONLY,
          BROADCAST,
          RECEIVE_BUFFER,
          SEND_BUFFER,
          TRAFFIC_CLASS,
          HOP_LIMIT ->
          true;
      default -> false;
    };
  }
}
