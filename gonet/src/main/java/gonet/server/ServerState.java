package gonet.server;

/**
 * Where a {@link Server} is in its life. It only moves forward.
 *
 * @since 0.1
 */
public enum ServerState {
  /** Accepts and serves. */
  RUNNING,
  /**
   * {@link Server#shutdown} has begun. For {@link ServerBuilder#drainDelay} it still accepts, so
   * that load balancers can look elsewhere first; then it takes what the kernel has queued, stops
   * listening and waits for its connections.
   */
  DRAINING,
  /** Nothing is open any more. */
  CLOSED
}
