package gonet;

import java.nio.ByteBuffer;

/** Shows the bytes of one connection to its wire log; what that throws harms nobody. */
final class WireTap {
  private final ServerConn conn;
  private final WireLog log;

  WireTap(ServerConn conn, WireLog log) {
    this.conn = conn;
    this.log = log;
  }

  /** The bytes that a call has moved a buffer past, which began at {@code from}. */
  static ByteBuffer passed(ByteBuffer buffer, int from) {
    return buffer.duplicate().flip().position(from);
  }

  void read(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      harmlessly(() -> log.read(conn, bytes.asReadOnlyBuffer()));
    }
  }

  void written(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      harmlessly(() -> log.written(conn, bytes.asReadOnlyBuffer()));
    }
  }

  private void harmlessly(Runnable show) {
    try {
      show.run();
    } catch (Throwable t) {
      conn.server().log().failure("in the wire log of " + conn, t);
    }
  }
}
