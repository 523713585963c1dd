package gonet.internal.nio;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.RawAddr;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket as the JDK has it. A channel says 0 both for an empty datagram and for none, except
 * by {@code receive}, which is asked here whatever is wanted; and it tells nothing of what did not
 * fit, so datagrams come into memory that is long enough, and are copied.
 *
 * <p>A call that makes the channel take a lock asks for stack first; see {@link NioDescriptor}.
 */
final class NioUdpDescriptor extends NioSocket {
  private static final int LONGEST = 64 * 1024;

  /** Room for one datagram, lent to one receive at a time; null while it is lent. */
  private static final AtomicReference<@Nullable ByteBuffer> ROOM = new AtomicReference<>();

  private final Family family;
  private final DatagramChannel channel;

  /** The peer once connected; written by connect, before anybody else knows this. */
  private @Nullable AddrPort peer;

  /** Guarded by itself. */
  private final Map<Member, MembershipKey> memberships = new HashMap<>();

  private record Member(Addr group, int interfaceIndex, @Nullable Addr source) {}

  NioUdpDescriptor(Family family, DatagramChannel channel) {
    this.family = family;
    this.channel = channel;
  }

  @Override
  SelectableChannel channel() {
    return channel;
  }

  @Override
  int interest(int mode) {
    return ((mode & Readiness.READ) != 0 ? SelectionKey.OP_READ : 0)
        | ((mode & Readiness.WRITE) != 0 ? SelectionKey.OP_WRITE : 0);
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
    return receive(ByteBuffer.wrap(buf, off, len), len);
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    if (buf.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    Packet packet = new Packet(buf);
    int n = receive(packet);
    if (n < 0) {
      return n;
    }
    buf.position(buf.position() + packet.length);
    return packet.length;
  }

  @Override
  public int receive(Packet into) {
    StackRoom.requireLittle();
    ByteBuffer lent = ROOM.getAndSet(null);
    ByteBuffer room = lent != null ? lent : ByteBuffer.allocateDirect(LONGEST);
    try {
      room.clear();
      SocketAddress sender;
      do {
        room.clear();
        sender = channel.receive(room);
        if (sender == null) {
          return -Errno.EAGAIN;
        }
      } while (refuses(NioAddresses.of(sender, family)));
      into.forgetRest();
      into.remote.set(NioAddresses.of(sender, family));
      into.wireLength = room.position();
      into.length = Math.min(room.position(), into.data.remaining());
      into.data.put(into.data.position(), room, 0, into.length);
      return 0;
    } catch (IOException | IllegalStateException e) {
      return -NioErrors.errno(e);
    } finally {
      ROOM.set(room);
    }
  }

  @Override
  public int receive(PacketBatch into, int max) {
    for (int i = 0; i < max; i++) {
      int n = receive(into.packets[i]);
      if (n < 0) {
        return i > 0 ? i : n; // the next call meets a lack again; another failure is told once
      }
    }
    return max;
  }

  // ---- out -------------------------------------------------------------------------------------

  @Override
  public int send(byte[] buf, int off, int len) {
    return send(ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public int send(ByteBuffer buf) {
    if (!buf.hasRemaining()) {
      return sendEmpty();
    }
    StackRoom.requireLittle();
    try {
      int n = channel.write(buf);
      return n == 0 ? -Errno.EAGAIN : n;
    } catch (NotYetConnectedException e) {
      return -Errno.EDESTADDRREQ;
    } catch (IOException e) {
      return -NioErrors.errno(e);
    }
  }

  /** As one datagram, which a channel makes of each buffer: so they are copied together. */
  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    long total = 0;
    for (int i = off; i < off + count; i++) {
      total += bufs[i].remaining();
    }
    if (total > LONGEST) {
      return -Errno.EMSGSIZE;
    }
    ByteBuffer all = ByteBuffer.allocate((int) total);
    for (int i = off; i < off + count; i++) {
      all.put(bufs[i].duplicate());
    }
    int n = send(all.flip());
    if (n >= 0) {
      for (int i = off; i < off + count; i++) {
        bufs[i].position(bufs[i].limit());
      }
    }
    return n;
  }

  /** A connected channel sends nothing when there is nothing to send. */
  @Override
  public int sendEmpty() {
    return peer == null ? -Errno.EDESTADDRREQ : -Errno.ENOSYS;
  }

  @Override
  public int send(Packet packet) {
    if (packet.sendHopLimit >= 0
        || packet.sendTrafficClass >= 0
        || packet.sendInterface != 0
        || packet.source.isPresent()
        || packet.segmentSize != 0) {
      return -Errno.ENOSYS;
    }
    ByteBuffer bytes = packet.data.duplicate();
    RawAddr to = packet.remote;
    if (!to.isPresent()) {
      return Math.min(send(bytes), 0);
    }
    AddrPort address = Objects.requireNonNull(to.toAddrPort());
    if (refuses(address) || (family == Family.INET4 && !to.is4())) {
      return -Errno.EAFNOSUPPORT;
    }
    if (address.port() == 0) {
      return -Errno.EINVAL; // as the kernel says; the JDK has words of its own
    }
    int length = bytes.remaining();
    StackRoom.requireLittle();
    try {
      int n = channel.send(bytes, address.toInetSocketAddress());
      return n == 0 && length > 0 ? -Errno.EAGAIN : 0;
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      return -NioErrors.errno(e);
    }
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

  // ---- establishment ---------------------------------------------------------------------------

  @Override
  public void bind(AddrPort local) throws SyscallException {
    if (refuses(local)) {
      throw new SyscallException("bind", Errno.EAFNOSUPPORT);
    }
    StackRoom.requireMuch();
    try {
      channel.bind(local.toInetSocketAddress());
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new SyscallException("bind", NioErrors.errno(e));
    }
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
    if (refuses(remote)) {
      return -Errno.EAFNOSUPPORT;
    }
    if (remote.port() == 0) {
      return -Errno.EINVAL; // the JDK cannot, where the kernel would
    }
    StackRoom.requireMuch();
    try {
      channel.connect(remote.toInetSocketAddress());
      peer = remote;
      return 0;
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      return -NioErrors.errno(e);
    }
  }

  @Override
  public int finishConnect() {
    return 0;
  }

  /** Whether IPV6_V6ONLY, which a channel does not have, would keep this address out. */
  private boolean refuses(AddrPort address) {
    return family == Family.INET6_ONLY && NioAddresses.isIpv4(address);
  }

  // ---- groups ----------------------------------------------------------------------------------

  @Override
  public void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source)
      throws SyscallException {
    Member member = new Member(group, interfaceIndex, source);
    try {
      synchronized (memberships) {
        if (join) {
          if (memberships.containsKey(member)) {
            throw new SyscallException("setsockopt", Errno.EADDRINUSE);
          }
          memberships.put(member, join(group, interfaceIndex, source));
        } else {
          MembershipKey key = memberships.remove(member);
          if (key == null) {
            throw new SyscallException("setsockopt", Errno.EADDRNOTAVAIL);
          }
          key.drop();
        }
      }
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new SyscallException("setsockopt", NioErrors.errno(e));
    } catch (UnsupportedOperationException e) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    }
  }

  private MembershipKey join(Addr group, int interfaceIndex, @Nullable Addr source)
      throws IOException, SyscallException {
    NetworkInterface on =
        interfaceIndex == 0 ? anyInterface() : NetworkInterface.getByIndex(interfaceIndex);
    if (on == null) {
      throw new SyscallException("setsockopt", Errno.ENODEV);
    }
    InetAddress address = group.withZone("").toInetAddress();
    return source == null
        ? channel.join(address, on)
        : channel.join(address, on, source.toInetAddress());
  }

  /** A channel wants one, where the kernel would choose by its routes: the first that can. */
  private static @Nullable NetworkInterface anyInterface() throws IOException {
    var all = NetworkInterface.getNetworkInterfaces();
    while (all.hasMoreElements()) {
      NetworkInterface one = all.nextElement();
      if (one.isUp() && !one.isLoopback() && one.supportsMulticast()) {
        return one;
      }
    }
    return null;
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  public AddrPort localAddr() throws SyscallException {
    try {
      return NioAddresses.of(channel.getLocalAddress(), family);
    } catch (IOException e) {
      throw new SyscallException("getsockname", NioErrors.errno(e));
    }
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    AddrPort known = peer;
    if (known == null) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    return known;
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
  public void setOption(Option option, int value) throws SyscallException {
    NioOptions.set(channel, option, value);
  }

  @Override
  public int getOption(Option option) throws SyscallException {
    return NioOptions.get(channel, option);
  }

  @Override
  public boolean supports(Option option) {
    return NioOptions.supports(channel, option);
  }

  @Override
  public int close() {
    try {
      channel.close();
      return 0;
    } catch (IOException e) {
      return -NioErrors.errno(e);
    }
  }
}
