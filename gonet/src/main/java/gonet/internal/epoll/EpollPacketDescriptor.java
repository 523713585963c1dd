package gonet.internal.epoll;

import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.sys.Gather;
import gonet.internal.sys.Transfer;
import java.nio.ByteBuffer;

/**
 * A Unix socket of SOCK_SEQPACKET. A send is a message and goes out whole, or fails with EMSGSIZE;
 * a receive takes one message, and what does not fit is lost. So nothing is cut here.
 */
class EpollPacketDescriptor extends EpollUnixDescriptor {

  EpollPacketDescriptor(int fd, boolean shared) {
    super(fd, shared);
  }

  @Override
  public UnixKind unixKind() {
    return UnixKind.PACKET;
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
    return Transfer.sendMessage(fd, buf, off, len, errno(), WRITE);
  }

  @Override
  public int send(ByteBuffer buf) {
    return Transfer.sendMessage(fd, buf, errno(), WRITE);
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    return Gather.sendMessage(fd, bufs, off, count, errno(), WRITE);
  }

  /** splice(2) knows no messages. */
  @Override
  public boolean splices() {
    return false;
  }
}
