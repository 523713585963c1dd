package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@link Conn#within}. */
final class LimitedConn extends ForwardingConn {
  private final TimeLimit limit;

  LimitedConn(Conn conn, TimeLimit limit) {
    super(conn);
    this.limit = limit;
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit more) throws IOException {
    return beneath().read(buf, off, len, TimeLimit.earlier(limit, more));
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit more) throws IOException {
    return beneath().read(dst, TimeLimit.earlier(limit, more));
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit more) throws IOException {
    beneath().awaitReadable(TimeLimit.earlier(limit, more));
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit more) throws IOException {
    beneath().write(buf, off, len, TimeLimit.earlier(limit, more));
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit more) throws IOException {
    beneath().write(src, TimeLimit.earlier(limit, more));
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit more) throws IOException {
    beneath().write(srcs, TimeLimit.earlier(limit, more));
  }
}
