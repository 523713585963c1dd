package gonet.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one thread that leave together, as under TCP_CORK of tcp(7): each write to a {@link
 * TlsConn} is a record and a system call of its own, and these wait for {@link #flush}, for {@link
 * #close}, or until they fill a record.
 *
 * {@snippet :
 * try (Cork cork = conn.cork()) {
 *   cork.write(head);
 *   for (byte[] part : parts) {
 *     cork.write(part);
 *   }
 * } // all of it in one record, by one system call
 * }
 *
 * <p>It copies what it holds back, into a buffer of a pool, and has none while it holds nothing
 * back. Whoever has all parts at hand needs no cork: {@link TlsConn#write(ByteBuffer[])}.
 *
 * <p>Not safe for several threads. Others may write to the connection meanwhile; their bytes go in
 * between two of this cork's records.
 *
 * @since 0.1
 */
public final class Cork implements AutoCloseable {
  /** One full record. */
  private static final int HELD_BYTES = 16_384;

  private final TlsConn conn;

  /** What is held back, up to its position; null if nothing is. */
  private @Nullable ByteBuffer held;

  private boolean closed;

  Cork(TlsConn conn) {
    this.conn = conn;
  }

  /** {@link #write(ByteBuffer)} of a whole array. */
  public void write(byte[] buf) throws IOException {
    write(ByteBuffer.wrap(buf));
  }

  /**
   * {@link #write(ByteBuffer)} of a part of an array.
   *
   * @throws IndexOutOfBoundsException if there is no such part
   */
  public void write(byte[] buf, int off, int len) throws IOException {
    write(ByteBuffer.wrap(buf, off, len));
  }

  /**
   * Holds back what {@code src} has remaining; or, if a record is full then, writes it at once,
   * behind what was held back, by one {@linkplain TlsConn#write(ByteBuffer[]) gathering write}.
   *
   * @throws IOException of that write. What was not encrypted yet is still held back, and still
   *     remaining in {@code src}
   * @throws IllegalStateException if the cork is closed
   */
  public void write(ByteBuffer src) throws IOException {
    if (closed) {
      throw new IllegalStateException("the cork is closed");
    }
    int holds = heldBytes();
    if (src.remaining() > HELD_BYTES - holds) {
      send(src);
    } else if (src.hasRemaining()) {
      ByteBuffer room = held;
      if (room == null) {
        room = Buffers.ONE.take();
        held = room;
      }
      room.put(src);
    }
  }

  /** How many bytes are held back. */
  public int heldBytes() {
    ByteBuffer bytes = held;
    return bytes == null ? 0 : bytes.position();
  }

  /**
   * Writes what is held back.
   *
   * @throws IOException as {@link TlsConn#write(ByteBuffer)}: what was encrypted goes out with
   *     whatever is written next, and the rest is still held back
   */
  public void flush() throws IOException {
    if (held != null) {
      send(Buffers.NOTHING);
    }
  }

  private void send(ByteBuffer src) throws IOException {
    ByteBuffer first = held;
    if (first == null) {
      conn.write(src);
      return;
    }
    first.flip();
    try {
      conn.write(new ByteBuffer[] {first, src});
    } finally {
      first.compact();
      if (first.position() == 0) {
        held = null;
        Buffers.give(first);
      }
    }
  }

  /**
   * {@link #flush}, for the last time: after a failure, what is held back is dropped. Leaves the
   * connection open. A second call has no effect.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      flush();
    } finally {
      ByteBuffer rest = held;
      if (rest != null) {
        held = null;
        Buffers.give(rest);
      }
    }
  }
}
