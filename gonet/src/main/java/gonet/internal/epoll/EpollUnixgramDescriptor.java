package gonet.internal.epoll;

import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.StackRoom;
import gonet.internal.sys.FirstCalls;
import gonet.internal.sys.Gather;
import gonet.internal.sys.Linux;
import gonet.internal.sys.Messages;
import gonet.internal.sys.RightsCalls;
import gonet.internal.sys.Transfer;
import java.nio.ByteBuffer;

/** A Unix socket of SOCK_DGRAM: messages as packets are, also empty ones, and from many senders. */
final class EpollUnixgramDescriptor extends EpollPacketDescriptor {

  EpollUnixgramDescriptor(int fd, boolean shared) {
    super(fd, shared);
    FirstCalls.ofDatagrams();
  }

  @Override
  public UnixKind unixKind() {
    return UnixKind.DATAGRAM;
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    return len == 0 ? sendEmpty() : super.send(buf, off, len);
  }

  @Override
  public int send(ByteBuffer buf) {
    return buf.hasRemaining() ? super.send(buf) : sendEmpty();
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    return Gather.hasRemaining(bufs, off, count) ? super.send(bufs, off, count) : sendEmpty();
  }

  @Override
  public int sendEmpty() {
    return Transfer.sendEmpty(fd, errno(), WRITE);
  }

  @Override
  public int receive(Packet into) {
    Rights rights = into.rights;
    if (rights == null) {
      return Messages.receiveLong(fd, into);
    }
    StackRoom.requireMuch(); // the kernel gives numbers, which must find their owner
    return RightsCalls.receive(fd, into, rights);
  }

  @Override
  public int send(Packet packet) {
    int[] numbers = packet.numbers;
    return numbers == null
        ? Messages.sendLong(fd, Linux.AF_UNIX, packet)
        : RightsCalls.send(fd, packet, numbers);
  }

  @Override
  public int receive(PacketBatch into, int max) {
    return Messages.receive(fd, into, max, false);
  }

  @Override
  public int send(PacketBatch batch, int off, int count) {
    return Messages.send(fd, Linux.AF_UNIX, batch, off, count);
  }
}
