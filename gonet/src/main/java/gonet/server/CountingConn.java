package gonet.server;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.NetFailure;
import gonet.TimeLimit;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that pass, and sees the end of the stream. A superclass and no part, because an
 * idle connection should be one object. Any thread.
 */
abstract class CountingConn extends ForwardingConn {
  private static final VarHandle READ;
  private static final VarHandle WRITTEN;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      READ = lookup.findVarHandle(CountingConn.class, "bytesRead", long.class);
      WRITTEN = lookup.findVarHandle(CountingConn.class, "bytesWritten", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Several readers may add at the same time. */
  private volatile long bytesRead;

  private volatile long bytesWritten;

  private volatile boolean endSeen;

  CountingConn(Conn conn) {
    super(conn);
  }

  /** Bytes read so far. Known after close as well. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Bytes written so far: taken by the kernel. Known after close as well. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /** A read has seen the end of the stream. */
  final boolean sawTheEnd() {
    return endSeen;
  }

  /** Grows whenever something happens that counts as activity. */
  final long activity() {
    return bytesRead + bytesWritten + (endSeen ? 1 : 0);
  }

  /** A read sees the end of the stream for the first time, or nearly: others may at once. */
  abstract void atEnd();

  /** The first bytes have been read. */
  abstract void firstRead();

  /** The first bytes have been written. */
  abstract void firstWritten();

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    return countRead(beneath().read(buf, off, len, limit));
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    return countRead(beneath().read(dst, limit));
  }

  /** Counts what a read found, and sees the end of the stream. */
  final int countRead(int n) {
    if (n > 0) {
      if ((long) READ.getAndAdd(this, (long) n) == 0) {
        firstRead();
      }
    } else if (n < 0 && !endSeen) {
      endSeen = true;
      atEnd();
    }
    return n;
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    long n = len;
    try {
      beneath().write(buf, off, len, limit);
    } catch (Throwable t) {
      n = t instanceof NetFailure net ? net.bytesTransferred() : 0;
      throw t;
    } finally {
      countWritten(n);
    }
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    int from = src.position();
    try {
      beneath().write(src, limit);
    } finally {
      countWritten(src.position() - from);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    long before = remaining(srcs);
    try {
      beneath().write(srcs, limit);
    } finally {
      countWritten(before - remaining(srcs));
    }
  }

  private static long remaining(ByteBuffer[] buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }

  final void countWritten(long n) {
    if (n > 0 && (long) WRITTEN.getAndAdd(this, n) == 0) {
      firstWritten();
    }
  }
}
