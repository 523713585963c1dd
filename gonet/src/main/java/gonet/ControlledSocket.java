package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.SyscallException;
import java.io.IOException;
import java.net.SocketOption;
import java.util.Objects;

/** A descriptor as a {@link SocketControl} sees it. */
record ControlledSocket(Descriptor descriptor, Op op) implements SocketControl.Socket {

  @Override
  public int fd() {
    return descriptor.number();
  }

  @Override
  public void setOption(int level, int name, int value) throws IOException {
    try {
      descriptor.setOption(level, name, value);
    } catch (SyscallException e) {
      throw failure(e);
    }
  }

  @Override
  public void setOption(int level, int name, byte[] value) throws IOException {
    Objects.requireNonNull(value, "value");
    try {
      descriptor.setOption(level, name, value);
    } catch (SyscallException e) {
      throw failure(e);
    }
  }

  @Override
  public byte[] getOption(int level, int name, int maxLength) throws IOException {
    if (maxLength < 0) {
      throw new IllegalArgumentException("length is " + maxLength + " bytes, below 0");
    }
    try {
      return descriptor.getOption(level, name, maxLength);
    } catch (SyscallException e) {
      throw failure(e);
    }
  }

  @Override
  public int getOption(int level, int name) throws IOException {
    try {
      return descriptor.getOption(level, name);
    } catch (SyscallException e) {
      throw failure(e);
    }
  }

  @Override
  public <T> void setOption(SocketOption<T> name, T value) throws IOException {
    SocketOptions.Known known = SocketOptions.of(name);
    try {
      descriptor.setOption(known.option(), known.toInt(name, value));
    } catch (SyscallException e) {
      throw failure(e);
    }
  }

  private IOException failure(SyscallException e) {
    if (e.errno() == Errno.ENOPROTOOPT && descriptor.number() < 0) {
      throw new UnsupportedOperationException("not available with this backend");
    }
    return OpErrors.syscall(op, e);
  }
}
