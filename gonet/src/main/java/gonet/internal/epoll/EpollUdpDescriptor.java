package gonet.internal.epoll;

import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.FirstCalls;
import gonet.internal.sys.Gather;
import gonet.internal.sys.Linux;
import gonet.internal.sys.Membership;
import gonet.internal.sys.Messages;
import gonet.internal.sys.SocketQueries;
import gonet.internal.sys.Transfer;
import gonet.netip.Addr;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket. A send is a datagram and goes out whole, or fails with EMSGSIZE; a receive takes
 * one, and what does not fit is lost. So nothing is cut here. udp(7).
 */
class EpollUdpDescriptor extends EpollDescriptor {

  /** Whether anything may come beside the bytes. Some thread has asked for it; races lose one. */
  private volatile boolean ancillary;

  EpollUdpDescriptor(int fd, int domain, boolean shared) {
    super(fd, domain, shared);
    FirstCalls.ofDatagrams();
    ancillary = shared; // who had it before may have asked for something
  }

  @Override
  public boolean tellsAllRoom() {
    return true;
  }

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
    return Transfer.receiveMessage(fd, buf, off, len, errno(), READ);
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    return Transfer.receiveMessage(fd, buf, len, errno(), READ);
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    return len == 0 ? sendEmpty() : Transfer.sendMessage(fd, buf, off, len, errno(), WRITE);
  }

  @Override
  public int send(ByteBuffer buf) {
    return buf.hasRemaining() ? Transfer.sendMessage(fd, buf, errno(), WRITE) : sendEmpty();
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    return Gather.hasRemaining(bufs, off, count)
        ? Gather.sendMessage(fd, bufs, off, count, errno(), WRITE)
        : sendEmpty();
  }

  @Override
  public int sendEmpty() {
    return Transfer.sendEmpty(fd, errno(), WRITE);
  }

  @Override
  public int receive(Packet into) {
    return Messages.receive(fd, into, ancillary);
  }

  @Override
  public int send(Packet packet) {
    return Messages.send(fd, domain, packet);
  }

  @Override
  public int receive(PacketBatch into, int max) {
    return Messages.receive(fd, into, max, ancillary);
  }

  @Override
  public int send(PacketBatch batch, int off, int count) {
    return Messages.send(fd, domain, batch, off, count);
  }

  /** splice(2) knows no datagrams. */
  @Override
  public boolean splices() {
    return false;
  }

  @Override
  public boolean supports(Option option) {
    return switch (option) {
      case REUSE_ADDR, REUSE_PORT, V6_ONLY, RECEIVE_BUFFER, SEND_BUFFER, TRAFFIC_CLASS -> true;
      default -> option.ofDatagrams();
    };
  }

  /** Perhaps what was set brings something; to be ready for it costs a receive very little. */
  @Override
  void optionSet() {
    ancillary = true;
  }

  @Override
  public void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source)
      throws SyscallException {
    int level = group.is4() ? Linux.IPPROTO_IP : Linux.IPPROTO_IPV6;
    int name =
        source == null
            ? join ? Linux.MCAST_JOIN_GROUP : Linux.MCAST_LEAVE_GROUP
            : join ? Linux.MCAST_JOIN_SOURCE_GROUP : Linux.MCAST_LEAVE_SOURCE_GROUP;
    SocketQueries.setsockopt(fd, level, name, Membership.request(group, interfaceIndex, source));
  }
}
