package gonet.server;

import gonet.NetAddr;

/**
 * A connection that a {@link Server} accepted from the kernel and closed without serving it: what
 * {@link ServerBuilder#onDrop} is told. Node's {@code drop} event. Immutable and safe for any
 * thread.
 *
 * @since 0.1
 */
public final class Drop {
  private final Reason reason;
  private final NetAddr local;
  private final NetAddr remote;

  Drop(Reason reason, NetAddr local, NetAddr remote) {
    this.reason = reason;
    this.local = local;
    this.remote = remote;
  }

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

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** The address it came in at. */
  public NetAddr local() {
    return local;
  }

  /** Where it came from. */
  public NetAddr remote() {
    return remote;
  }

  /** Both addresses and the reason. */
  @Override
  public String toString() {
    return "Drop[" + local + " <- " + remote + ", " + reason + "]";
  }
}
