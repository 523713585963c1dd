package gonet;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A connection as a stream to write to: {@link Conn#outputStream}. Nothing is buffered, so there is
 * nothing to flush.
 */
final class ConnOutputStream extends OutputStream {
  final Conn conn;

  ConnOutputStream(Conn conn) {
    this.conn = conn;
  }

  /** One byte by one call of the connection; for more than a few, write an array. */
  @Override
  public void write(int b) throws IOException {
    conn.write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    conn.write(buf, off, len);
  }

  /** Closes the connection, as the stream of a {@code Socket} does. */
  @Override
  public void close() {
    conn.close();
  }
}
