package gonet.test.examples;

import gonet.Conn;
import gonet.LayerConn;
import gonet.NetFailure;
import gonet.TimeLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A toy cipher over any connection, written as somebody outside gonet would: each byte is combined
 * with a number that depends on its place in the stream. No secret is safe with it.
 */
final class XorConn extends LayerConn {
  private static final int CHUNK_BYTES = 8192;

  /** Bytes read so far; the reader's, who has the turn. */
  private long readAt;

  /** Bytes written so far; the writer's, who has the turn. */
  private long writtenAt;

  XorConn(Conn conn) {
    super(conn);
  }

  private static byte pad(long place) {
    long mixed = place * 0x9e3779b97f4a7c15L;
    return (byte) (mixed >>> 56);
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    return read(ByteBuffer.wrap(buf, off, len), limit);
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    if (!dst.hasRemaining()) {
      return beneath().read(dst, limit);
    }
    TimeLimit bound = readLimit(limit);
    try {
      beginRead("read", bound);
      try {
        int from = dst.position();
        int n = beneath().read(dst, bound);
        for (int i = from; i < dst.position(); i++) {
          dst.put(i, (byte) (dst.get(i) ^ pad(readAt++)));
        }
        return n;
      } finally {
        endRead();
      }
    } catch (IOException e) {
      throw failure("read", e, 0, limit);
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    write("write", limit, ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    write("write", limit, src);
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    write("writev", limit, srcs);
  }

  private void write(String op, @Nullable TimeLimit limit, ByteBuffer... srcs) throws IOException {
    long size = remaining(srcs);
    if (size == 0) {
      beneath().write(srcs, limit); // fails if it is closed, and does nothing else
      return;
    }
    TimeLimit bound = writeLimit(limit);
    try {
      beginWrite(op, bound);
      try {
        for (ByteBuffer src : srcs) {
          while (src.hasRemaining()) {
            writeChunk(src, bound);
          }
        }
      } finally {
        endWrite();
      }
    } catch (IOException e) {
      throw failure(op, e, size - remaining(srcs), limit);
    }
  }

  /** As much as goes into one chunk; the position of {@code src} tells what went out. */
  private void writeChunk(ByteBuffer src, @Nullable TimeLimit bound) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK_BYTES, src.remaining())];
    src.get(src.position(), chunk);
    for (int i = 0; i < chunk.length; i++) {
      chunk[i] ^= pad(writtenAt + i);
    }
    long sent = 0;
    try {
      beneath().write(chunk, 0, chunk.length, bound);
      sent = chunk.length;
    } catch (IOException e) {
      sent = e instanceof NetFailure net ? net.bytesTransferred() : 0;
      throw e;
    } finally {
      writtenAt += sent;
      src.position(src.position() + (int) sent);
    }
  }

  @Override
  public void closeWrite() throws IOException {
    beginCloseWrite();
    try {
      beneath().closeWrite();
    } finally {
      endWrite();
    }
  }

  private static long remaining(ByteBuffer[] srcs) {
    long sum = 0;
    for (ByteBuffer src : srcs) {
      sum += src.remaining();
    }
    return sum;
  }
}
