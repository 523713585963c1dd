package gonet;

import java.io.IOException;

/**
 * Puts something over a connection: a heartbeat, a minimum rate, a log of the bytes, encryption.
 *
 * <p>Safe for any thread, and for many connections at the same time.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ConnLayer {

  /**
   * The connection with this layer over it; from here on the caller uses the result alone, and
   * closing the result closes {@code conn}. May read and write, for a handshake for instance, and
   * then waits as reads and writes do.
   *
   * @throws IOException if the layer cannot be had; {@code conn} stays the caller's, to close
   */
  Conn over(Conn conn) throws IOException;
}
