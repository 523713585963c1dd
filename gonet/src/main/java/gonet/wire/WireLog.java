package gonet.wire;

import gonet.Conn;
import gonet.ConnLayer;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Sees the bytes of a connection: a layer that changes nothing. Called by the threads that read and
 * write, which the log delays; calls for the two directions may come at the same time, and several
 * connections may share one log. An exception of a log goes to the system's logger and changes
 * nothing.
 *
 * @since 0.1
 */
public interface WireLog extends ConnLayer {

  /**
   * Bytes that a read is about to return.
   *
   * @param conn the connection that {@link #over} was called with
   * @param bytes what is remaining in it; read-only, and valid during this call
   */
  void read(Conn conn, ByteBuffer bytes);

  /** Bytes that the kernel has taken; otherwise as {@link #read}. */
  void written(Conn conn, ByteBuffer bytes);

  /** The same connection, whose bytes this log sees. */
  @Override
  default Conn over(Conn conn) {
    return new WireLogConn(conn, this);
  }

  /**
   * Prints bytes in hexadecimal and as ASCII, sixteen in a line, behind a line that names the
   * connection, the direction and the number of bytes.
   *
   * @param lines where each line goes, without a line end
   * @param maxBytes of each read and write; the rest is left out
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  static WireLog hexDump(Consumer<String> lines, int maxBytes) {
    return new HexDump(lines, maxBytes);
  }
}
