package gonet.frame;

import gonet.Conn;
import gonet.ConnChannel;
import gonet.NetAddr;
import gonet.TimeLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A connection that never waits: each read gets what the script says, writes are collected, and one
 * of them runs into its deadline where the test wants it.
 */
final class ScriptedConn implements Conn {

  /** One read runs into its deadline. */
  static final byte[] TIMEOUT = {};

  private record Name(String network) implements NetAddr {
    @Override
    public String toString() {
      return network;
    }
  }

  private final Deque<byte[]> script;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private int writable = Integer.MAX_VALUE;
  private boolean closed;
  private int reads;

  /** The pieces in order, then the end of the stream; {@link #TIMEOUT} stands for itself. */
  ScriptedConn(List<byte[]> pieces) {
    script = new ArrayDeque<>(pieces);
  }

  /** How often the connection was asked. */
  int reads() {
    return reads;
  }

  void add(byte[] piece) {
    script.add(piece);
  }

  byte[] written() {
    return written.toByteArray();
  }

  /** After {@code n} bytes, once, the write runs into its deadline. */
  void cutOffAfter(int n) {
    writable = n;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the identity is what tells a timeout
  public int read(byte[] buf, int off, int len, TimeLimit limit) throws IOException {
    if (len == 0) {
      throw new AssertionError("a read for nothing");
    }
    reads++;
    byte[] piece = script.poll();
    if (piece == null) {
      return -1;
    }
    if (piece == TIMEOUT) {
      throw new SocketTimeoutException("scripted");
    }
    int n = Math.min(len, piece.length);
    System.arraycopy(piece, 0, buf, off, n);
    if (n < piece.length) {
      script.addFirst(Arrays.copyOfRange(piece, n, piece.length));
    }
    return n;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public NetAddr localAddr() {
    return new Name("script");
  }

  @Override
  public NetAddr remoteAddr() {
    return new Name("script");
  }

  @Override
  public void awaitReadable(TimeLimit limit) {}

  @Override
  public int read(ByteBuffer dst, TimeLimit limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(byte[] buf, int off, int len, TimeLimit limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(ByteBuffer src, TimeLimit limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(ByteBuffer[] srcs, TimeLimit limit) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    for (ByteBuffer src : srcs) {
      while (src.hasRemaining()) {
        if (writable == 0) {
          writable = Integer.MAX_VALUE;
          throw new SocketTimeoutException("scripted");
        }
        written.write(src.get());
        writable--;
      }
    }
  }

  @Override
  public void closeRead() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeWrite() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void abort() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setReadDeadline(Instant when) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setWriteDeadline(Instant when) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setReadTimeout(Duration each) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setWriteTimeout(Duration each) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Instant readDeadline() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Instant writeDeadline() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Duration readTimeout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Duration writeTimeout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream inputStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public OutputStream outputStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ConnChannel channel() {
    throw new UnsupportedOperationException();
  }
}
