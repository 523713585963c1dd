package gonet;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Sees the bytes of a connection: {@link ServerConn#setWireLog}. Called by the threads that read
 * and write, which it delays; calls for the two directions may come at the same time, and several
 * connections may share one log. What it throws is logged and changes nothing.
 */
public interface WireLog {

  /**
   * Bytes that a read is about to return.
   *
   * @param bytes what is remaining in it; read-only, and valid during this call
   */
  void read(ServerConn conn, ByteBuffer bytes);

  /** Bytes that the kernel has taken; otherwise as {@link #read}. */
  void written(ServerConn conn, ByteBuffer bytes);

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
