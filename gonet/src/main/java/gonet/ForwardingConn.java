package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection on top of another: passes every call on, except those that a subclass guards. Views
 * are of this connection, so that what goes through them is guarded as well.
 */
abstract class ForwardingConn implements Conn {
  final Conn conn;

  ForwardingConn(Conn conn) {
    this.conn = conn;
  }

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    return conn.read(buf, off, len);
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return conn.read(dst);
  }

  @Override
  public void awaitReadable() throws IOException {
    conn.awaitReadable();
  }

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    conn.write(buf, off, len);
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    conn.write(src);
  }

  @Override
  public void write(ByteBuffer... srcs) throws IOException {
    conn.write(srcs);
  }

  @Override
  public void closeRead() throws IOException {
    conn.closeRead();
  }

  @Override
  public void closeWrite() throws IOException {
    conn.closeWrite();
  }

  @Override
  public void close() {
    conn.close();
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    return conn.closeGracefully(timeout);
  }

  @Override
  public void abort() {
    conn.abort();
  }

  @Override
  public boolean isClosed() {
    return conn.isClosed();
  }

  @Override
  public NetAddr localAddr() {
    return conn.localAddr();
  }

  @Override
  public NetAddr remoteAddr() {
    return conn.remoteAddr();
  }

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    conn.setReadDeadline(when);
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    conn.setWriteDeadline(when);
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    conn.setReadTimeout(each);
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    conn.setWriteTimeout(each);
  }

  /** An operation of this connection, as errors show it. */
  final Op op(String name) {
    NetAddr remote = conn.remoteAddr();
    return remote == PipeAddr.PIPE
        ? new Op(name, PipeAddr.NETWORK, null, null)
        : new Op(name, remote.network(), conn.localAddr(), remote);
  }

  @Override
  public String toString() {
    return conn.toString();
  }
}
