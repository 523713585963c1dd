package gonet.internal.epoll;

import gonet.internal.backend.Option;
import gonet.internal.backend.RawCredentials;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.internal.sys.Linux;
import gonet.internal.sys.RightsCalls;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.SocketQueries;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A Unix socket (unix(7)): names in the place of addresses, and few options. */
class EpollUnixDescriptor extends EpollDescriptor {

  EpollUnixDescriptor(int fd, boolean shared) {
    super(fd, Linux.AF_UNIX, shared);
  }

  /** The object for a number that nobody else knows; want of memory closes it. */
  static EpollUnixDescriptor owner(int fd, UnixKind kind) {
    try {
      return of(fd, kind, false);
    } catch (Throwable t) {
      var _ = SocketCalls.close(fd);
      throw t;
    }
  }

  static EpollUnixDescriptor of(int fd, UnixKind kind, boolean shared) {
    return switch (kind) {
      case STREAM -> new EpollUnixDescriptor(fd, shared);
      case PACKET -> new EpollPacketDescriptor(fd, shared);
      case DATAGRAM -> new EpollUnixgramDescriptor(fd, shared);
    };
  }

  @Override
  public final boolean tellsAllRoom() {
    return true;
  }

  @Override
  public UnixKind unixKind() {
    return UnixKind.STREAM;
  }

  @Override
  EpollDescriptor accepted(int number) {
    return owner(number, unixKind());
  }

  @Override
  public final void bind(UnixName local) throws SyscallException {
    check("bind", SocketCalls.bind(fd, local));
  }

  @Override
  public final int connect(UnixName remote) {
    return SocketCalls.connect(fd, remote);
  }

  @Override
  public final UnixName localName() throws SyscallException {
    return SocketQueries.localName(fd);
  }

  @Override
  public final UnixName remoteName() throws SyscallException {
    return SocketQueries.remoteName(fd);
  }

  @Override
  public final int sendRights(byte[] buf, int off, int len, int[] numbers) {
    int max = Math.min(len, maxSend());
    return RightsCalls.send(fd, buf, off, max, numbers);
  }

  @Override
  public final int receiveRights(byte[] buf, int off, int len, Rights into) {
    StackRoom.requireMuch(); // the kernel gives numbers, which must find their owner
    return RightsCalls.receive(fd, buf, off, len, into);
  }

  @Override
  public final RawCredentials peerCredentials() throws SyscallException {
    byte[] ucred =
        SocketQueries.getsockoptBytes(fd, Linux.SOL_SOCKET, Linux.SO_PEERCRED, 3 * Integer.BYTES);
    ByteBuffer ints = ByteBuffer.wrap(ucred).order(ByteOrder.nativeOrder());
    return new RawCredentials(ints.getInt(), ints.getInt(), ints.getInt());
  }

  /** The kernel takes others, SO_LINGER for instance, and does not mind them: socket(7). */
  @Override
  public final boolean supports(Option option) {
    return option == Option.SEND_BUFFER || option == Option.RECEIVE_BUFFER;
  }
}
