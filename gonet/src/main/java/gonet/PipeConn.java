package gonet;

import gonet.internal.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: the reader's end of one direction, the writer's of the other. */
final class PipeConn implements Conn {
  private final PipeHalf in;
  private final PipeHalf out;

  PipeConn(PipeHalf in, PipeHalf out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    return in.read(ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return in.read(dst);
  }

  @Override
  public void awaitReadable() throws IOException {
    in.awaitReadable();
  }

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    out.write(ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    out.write(src);
  }

  @Override
  public void write(ByteBuffer... srcs) throws IOException {
    out.write(srcs);
  }

  @Override
  public void closeRead() throws IOException {
    in.closeRead();
  }

  @Override
  public void closeWrite() throws IOException {
    out.closeWrite(Clock.NONE);
  }

  @Override
  public void close() {
    in.closeReader();
    out.closeWriter();
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
        } catch (NetInterruptedException _) {
          interrupted |= Thread.interrupted(); // put back below; both steps may be taken twice
        }
      }
    } catch (IOException _) {
      return false; // the time was over while another thread wrote, or somebody closed
    } finally {
      close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void abort() {
    close();
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
    in.readDeadline(when);
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    out.writeDeadline(when);
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    in.readTimeout(each);
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    out.writeTimeout(each);
  }

  @Override
  public String toString() {
    return PipeAddr.NETWORK;
  }
}
