package gonet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection as a stream to read from: {@link Conn#inputStream}. Holds nothing but the
 * connection, so any number of these may exist, and threads may share one as they share the
 * connection.
 */
final class ConnInputStream extends InputStream {
  private final Conn conn;

  ConnInputStream(Conn conn) {
    this.conn = conn;
  }

  /** One byte by one call of the connection; for more than a few, read into an array. */
  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return conn.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    return conn.read(buf, off, len);
  }

  @Override
  public byte[] readAllBytes() throws IOException {
    return conn.readAll();
  }

  /** Between two connections, as {@link Transfer} does. */
  @Override
  public long transferTo(OutputStream out) throws IOException {
    return out instanceof ConnOutputStream sink
        ? Transfer.between(conn, sink.conn).run()
        : super.transferTo(out);
  }

  /** {@link Conn#availableBytes}; 0 where the system cannot tell. */
  @Override
  public int available() throws IOException {
    try {
      return conn.availableBytes();
    } catch (UnsupportedOperationException e) {
      return 0;
    }
  }

  /** Closes the connection, as the stream of a {@code Socket} does. */
  @Override
  public void close() {
    conn.close();
  }
}
