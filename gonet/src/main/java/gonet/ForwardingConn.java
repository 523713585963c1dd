package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection on top of another, to extend: passes every call on to {@link #beneath}, except those
 * that a subclass overrides. Views are of this connection, so that what goes through them meets the
 * subclass as well. All reads and writes come down to those with a {@link TimeLimit}, which are the
 * ones to override.
 *
 * <p>A layer that changes the bytes overrides all of them, {@link #awaitReadable(TimeLimit)},
 * {@link #bufferedBytes} and {@link #availableBytes}. Deadlines and timeouts stay with the
 * connection at the bottom; a layer whose call is made of several calls beneath bounds them by a
 * limit of its own, from {@link #readTimeout} or {@link #writeTimeout}.
 *
 * <p>As safe for any thread as the connection beneath.
 *
 * @since 0.1
 */
public abstract class ForwardingConn implements Conn {
  private final Conn conn;

  /** A layer over a connection. */
  protected ForwardingConn(Conn conn) {
    this.conn = Objects.requireNonNull(conn, "conn");
  }

  /** Where calls go; the same at any time, unless a subclass says otherwise. */
  @Override
  public Conn beneath() {
    return conn;
  }

  @Override
  public int availableBytes() throws IOException {
    return beneath().availableBytes();
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    return beneath().read(buf, off, len, limit);
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    return beneath().read(dst, limit);
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    beneath().awaitReadable(limit);
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    beneath().write(buf, off, len, limit);
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    beneath().write(src, limit);
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    beneath().write(srcs, limit);
  }

  @Override
  public void closeRead() throws IOException {
    beneath().closeRead();
  }

  @Override
  public void closeWrite() throws IOException {
    beneath().closeWrite();
  }

  @Override
  public void close() {
    beneath().close();
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    return beneath().closeGracefully(timeout);
  }

  @Override
  public void abort() {
    beneath().abort();
  }

  @Override
  public boolean isClosed() {
    return beneath().isClosed();
  }

  @Override
  public NetAddr localAddr() {
    return beneath().localAddr();
  }

  @Override
  public NetAddr remoteAddr() {
    return beneath().remoteAddr();
  }

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    beneath().setReadDeadline(when);
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    beneath().setWriteDeadline(when);
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    beneath().setReadTimeout(each);
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    beneath().setWriteTimeout(each);
  }

  @Override
  public @Nullable Instant readDeadline() {
    return beneath().readDeadline();
  }

  @Override
  public @Nullable Instant writeDeadline() {
    return beneath().writeDeadline();
  }

  @Override
  public @Nullable Duration readTimeout() {
    return beneath().readTimeout();
  }

  @Override
  public @Nullable Duration writeTimeout() {
    return beneath().writeTimeout();
  }

  @Override
  public String toString() {
    return beneath().toString();
  }
}
