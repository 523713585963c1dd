package gonet;

import gonet.internal.pipe.PipeHalf;
import gonet.internal.poll.FDException;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: the reader's end of one direction, the writer's of the other. */
final class PipeConn implements Conn {

  /** The address of both ends of every pipe. */
  enum PipeAddr implements NetAddr {
    /** The only one. */
    PIPE;

    static final String NETWORK = "pipe";

    @Override
    public String network() {
      return NETWORK;
    }

    @Override
    public String toString() {
      return NETWORK;
    }
  }

  private final PipeHalf in;
  private final PipeHalf out;

  PipeConn(PipeHalf in, PipeHalf out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    return read(ByteBuffer.wrap(buf, off, len), limit);
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    long own = callLimit(in.readTimeoutNanos());
    try {
      return in.read(dst, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, in.readDeadline()));
    }
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    long own = callLimit(in.readTimeoutNanos());
    try {
      in.awaitReadable(Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, in.readDeadline()));
    }
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    write(ByteBuffer.wrap(buf, off, len), limit);
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    write(new ByteBuffer[] {src}, limit);
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    long own = callLimit(out.writeTimeoutNanos());
    try {
      out.write(srcs, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.WRITE, e, limit, Clock.earlier(own, out.writeDeadline()));
    }
  }

  private static long callLimit(long timeoutNanos) {
    return timeoutNanos == 0 ? Clock.NONE : Clock.after(timeoutNanos);
  }

  @Override
  public void closeRead() throws IOException {
    try {
      in.closeRead();
    } catch (FDException e) {
      throw failure(Op.CLOSE, e);
    }
  }

  @Override
  public void closeWrite() throws IOException {
    try {
      out.closeWrite(Clock.NONE);
    } catch (FDException e) {
      throw failure(Op.CLOSE, e);
    }
  }

  @Override
  public void close() {
    close(false);
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    long limit = Clock.after(Durations.nanos(timeout, "timeout"));
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          out.closeWrite(limit);
          return in.drain(limit);
        } catch (FDException e) {
          if (e.kind() != FDException.Kind.INTERRUPTED) {
            return false; // the time was over while another thread wrote, or somebody closed
          }
          interrupted |= Thread.interrupted(); // put back below; both steps may be taken twice
        }
      }
    } finally {
      close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** {@inheritDoc} The other side's reads and writes fail with ECONNRESET. */
  @Override
  public void abort() {
    close(true);
  }

  private void close(boolean reset) {
    in.closeReader(reset);
    out.closeWriter(reset);
  }

  @Override
  public boolean isClosed() {
    return in.isReaderClosed();
  }

  @Override
  public NetAddr localAddr() {
    return PipeAddr.PIPE;
  }

  @Override
  public NetAddr remoteAddr() {
    return PipeAddr.PIPE;
  }

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    try {
      in.readDeadline(when);
    } catch (FDException e) {
      throw failure(Op.SET, e);
    }
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    try {
      out.writeDeadline(when);
    } catch (FDException e) {
      throw failure(Op.SET, e);
    }
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    try {
      in.readTimeout(each);
    } catch (FDException e) {
      throw failure(Op.SET, e);
    }
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    try {
      out.writeTimeout(each);
    } catch (FDException e) {
      throw failure(Op.SET, e);
    }
  }

  /** Of a call that had a limit beside the pipe's own. */
  private static IOException failure(
      String name, FDException e, @Nullable TimeLimit limit, long own) {
    return e.kind() == FDException.Kind.CLOSED
        ? failure(name, e)
        : OpErrors.of(new Op(name, PipeAddr.NETWORK, null, null), e, limit, own);
  }

  private static IOException failure(String name, FDException e) {
    Op op = new Op(name, PipeAddr.NETWORK, null, null);
    return e.kind() == FDException.Kind.CLOSED
        ? OpErrors.closedPipe(op, e.transferred())
        : OpErrors.of(op, e);
  }

  @Override
  public @Nullable Instant readDeadline() {
    return Durations.instant(in.readDeadline());
  }

  @Override
  public @Nullable Instant writeDeadline() {
    return Durations.instant(out.writeDeadline());
  }

  @Override
  public @Nullable Duration readTimeout() {
    return Durations.each(in.readTimeoutNanos());
  }

  @Override
  public @Nullable Duration writeTimeout() {
    return Durations.each(out.writeTimeoutNanos());
  }

  @Override
  public String toString() {
    return PipeAddr.NETWORK;
  }
}
