package gonet.server;

import gonet.NetAddr;

/**
 * A connection that a {@link Server} accepted from the kernel and closed without serving it. Node's
 * {@code drop} event.
 *
 * @param reason why
 * @param local the address it came in at
 * @param remote where it came from
 */
public record Drop(Reason reason, NetAddr local, NetAddr remote) {

  /** Why a connection is not served. */
  public enum Reason {
    /** {@link ServerBuilder#deny} names its address, or {@link ServerBuilder#allow} does not. */
    FILTERED,
    /** {@link ServerBuilder#maxConns} are open already. */
    MAX_CONNS,
    /** {@link ServerBuilder#maxConnsPerAddr} of its address are open already. */
    MAX_CONNS_PER_ADDR,
    /** It waited for room, and the server was closed meanwhile. */
    CLOSED
  }
}
