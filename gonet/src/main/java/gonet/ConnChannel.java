package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;
import java.util.Objects;

/**
 * A connection as a channel in blocking mode: {@link Conn#channel}. A write takes all bytes, which
 * the contract of {@link java.nio.channels.WritableByteChannel} allows and does not demand. Not
 * interruptible in the sense of {@link java.nio.channels.InterruptibleChannel}: an interrupt fails
 * the call and leaves the connection open.
 */
final class ConnChannel implements ByteChannel, GatheringByteChannel {
  private final Conn conn;

  ConnChannel(Conn conn) {
    this.conn = conn;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return conn.read(dst);
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    int n = src.remaining();
    conn.write(src);
    return n;
  }

  @Override
  public long write(ByteBuffer[] srcs) throws IOException {
    return write(srcs, 0, srcs.length);
  }

  @Override
  public long write(ByteBuffer[] srcs, int off, int len) throws IOException {
    Objects.checkFromIndexSize(off, len, srcs.length);
    ByteBuffer[] range = Arrays.copyOfRange(srcs, off, off + len);
    long n = 0;
    for (ByteBuffer src : range) {
      n += src.remaining();
    }
    conn.write(range);
    return n;
  }

  @Override
  public boolean isOpen() {
    return !conn.isClosed();
  }

  /** Closes the connection. */
  @Override
  public void close() {
    conn.close();
  }
}
