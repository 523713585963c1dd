package gonet.server;

/**
 * What a {@link Server} does while {@link ServerBuilder#maxConns} connections are open.
 *
 * @since 0.1
 */
public enum WhenFull {
  /**
   * Accepts further ones and closes them at once; the client sees the end of the stream. Node's
   * {@code maxConnections}.
   */
  REFUSE,
  /**
   * Accepts no further one before there is room; clients are connected by the kernel, as many as
   * the backlog holds, and wait. Go's {@code netutil.LimitListener}. With several listeners each
   * may accept one that then waits, unserved, in this process.
   */
  WAIT
}
