package gonet.internal.nio;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.SyscallException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** A non-blocking channel in a selector: its key, and all that a channel does not have. */
abstract class NioSocket extends Descriptor {

  /** Null unless registered. Written by register and deregister, read by any thread that arms. */
  private volatile @Nullable SelectionKey key;

  // ---- for NioReadiness ------------------------------------------------------------------------

  abstract SelectableChannel channel();

  /** The channel's word for a direction. */
  abstract int interest(int mode);

  @Nullable SelectionKey key() {
    return key;
  }

  void key(@Nullable SelectionKey newKey) {
    key = newKey;
  }

  // ---- what only numbers can do ----------------------------------------------------------------

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
  public int unsentBytes() throws SyscallException {
    throw new SyscallException("ioctl", Errno.ENOPROTOOPT);
  }

  @Override
  public int availableBytes() throws SyscallException {
    throw new SyscallException("ioctl", Errno.ENOPROTOOPT);
  }

  @Override
  public int number() {
    return -1;
  }
}
