package gonet.wire;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.NetFailure;
import gonet.TimeLimit;
import gonet.internal.time.LogLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection under a {@link WireLog}. An exception of the log harms nobody. */
final class WireLogConn extends ForwardingConn {
  private static final System.Logger LOG = System.getLogger("gonet.wire");

  /** A log that fails once fails for each read. */
  private static final LogLimit FAILURES = new LogLimit(10, TimeUnit.SECONDS.toNanos(10));

  private final WireLog log;

  WireLogConn(Conn conn, WireLog log) {
    super(conn);
    this.log = log;
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    int n = beneath().read(buf, off, len, limit);
    if (n > 0) {
      sawRead(ByteBuffer.wrap(buf, off, n).slice());
    }
    return n;
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    int from = dst.position();
    int n = beneath().read(dst, limit);
    sawRead(passed(dst, from));
    return n;
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    long n = len;
    try {
      beneath().write(buf, off, len, limit);
    } catch (Throwable t) {
      n = t instanceof NetFailure net ? net.bytesTransferred() : 0;
      throw t;
    } finally {
      sawWritten(ByteBuffer.wrap(buf, off, (int) n).slice());
    }
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    int from = src.position();
    try {
      beneath().write(src, limit);
    } finally {
      sawWritten(passed(src, from));
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    int[] from = new int[srcs.length];
    for (int i = 0; i < srcs.length; i++) {
      from[i] = srcs[i].position();
    }
    try {
      beneath().write(srcs, limit);
    } finally {
      for (int i = 0; i < srcs.length; i++) {
        sawWritten(passed(srcs[i], from[i]));
      }
    }
  }

  /** The bytes that a call has moved a buffer past, which began at {@code from}. */
  private static ByteBuffer passed(ByteBuffer buffer, int from) {
    return buffer.duplicate().flip().position(from);
  }

  private void sawRead(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      harmlessly(() -> log.read(beneath(), bytes.asReadOnlyBuffer()));
    }
  }

  private void sawWritten(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      harmlessly(() -> log.written(beneath(), bytes.asReadOnlyBuffer()));
    }
  }

  private void harmlessly(Runnable show) {
    try {
      show.run();
    } catch (Throwable t) {
      try {
        if (FAILURES.admit() != LogLimit.SILENT) {
          LOG.log(System.Logger.Level.ERROR, "in the wire log of " + beneath(), t);
        }
      } catch (Throwable ignored) {
        // Nobody is left to tell.
      }
    }
  }
}
