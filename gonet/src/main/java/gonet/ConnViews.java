package gonet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What any connection looks like to the JDK: two streams and a channel. Each holds nothing but the
 * connection, so any number of them may exist, and threads may share one as they share the
 * connection.
 */
final class ConnViews {
  private ConnViews() {}

  /** A connection as a stream to read from: {@link Conn#inputStream}. */
  static final class In extends InputStream {
    private final Conn conn;

    In(Conn conn) {
      this.conn = conn;
    }

    /** One byte by one call of the connection; for more than a few, read into an array. */
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buf, int off, int len) throws IOException {
      int n;
      do {
        n = conn.read(buf, off, len);
      } while (n == 0 && len > 0); // an empty datagram is nothing to a stream
      return n;
    }

    @Override
    public byte[] readAllBytes() throws IOException {
      return conn.readAll();
    }

    /** Between two connections, as {@link Transfer} does. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
      return out instanceof Out sink
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

  /**
   * A connection as a stream to write to: {@link Conn#outputStream}. Nothing is buffered, so there
   * is nothing to flush.
   */
  static final class Out extends OutputStream {
    private final Conn conn;

    Out(Conn conn) {
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

  /** A connection as a channel: {@link Conn#channel}. */
  static final class Channel implements ConnChannel {

    /** What one scattering read asks for at most: more seldom stands in a socket. */
    private static final int MAX_SCATTER = 64 * 1024;

    private static final byte[] NO_BYTES = {};

    private final Conn conn;

    Channel(Conn conn) {
      this.conn = conn;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
      return conn.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts) throws IOException {
      return read(dsts, 0, dsts.length);
    }

    /**
     * Through an array, unless one buffer alone has room: a second read for the second buffer could
     * wait, or fail, when the first has taken bytes already.
     */
    @Override
    public long read(ByteBuffer[] dsts, int off, int len) throws IOException {
      Objects.checkFromIndexSize(off, len, dsts.length);
      List<ByteBuffer> open = withRoom(dsts, off, len);
      if (open.size() <= 1) {
        return open.isEmpty() ? conn.read(NO_BYTES) : conn.read(open.getFirst());
      }
      long room = 0;
      for (ByteBuffer dst : open) {
        room += dst.remaining();
      }
      byte[] bytes = new byte[(int) Math.min(room, MAX_SCATTER)];
      int n = conn.read(bytes);
      int from = 0;
      for (ByteBuffer dst : open) {
        int part = Math.clamp(n - from, 0, dst.remaining());
        dst.put(bytes, from, part);
        from += part;
      }
      return n;
    }

    /** Those that are not full, each once: a buffer may stand in the array twice. */
    private static List<ByteBuffer> withRoom(ByteBuffer[] dsts, int off, int len) {
      Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      List<ByteBuffer> open = new ArrayList<>(len);
      for (int i = off; i < off + len; i++) {
        ByteBuffer dst = dsts[i];
        if (dst.isReadOnly()) {
          throw new ReadOnlyBufferException();
        }
        if (dst.hasRemaining() && seen.add(dst)) {
          open.add(dst);
        }
      }
      return open;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
      int n = src.remaining();
      conn.write(src);
      return n;
    }

    @Override
    public long write(ByteBuffer[] srcs) throws IOException {
      return write(srcs, 0, srcs.length);
    }

    @Override
    public long write(ByteBuffer[] srcs, int off, int len) throws IOException {
      Objects.checkFromIndexSize(off, len, srcs.length);
      ByteBuffer[] range = Arrays.copyOfRange(srcs, off, off + len);
      long n = 0;
      for (ByteBuffer src : range) {
        n += src.remaining();
      }
      conn.write(range);
      return n;
    }

    @Override
    public boolean isOpen() {
      return !conn.isClosed();
    }

    @Override
    public void close() {
      conn.close();
    }
  }
}
