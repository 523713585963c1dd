package gonet.server;

import gonet.NetClosedException;
import gonet.NetTimeoutException;

/**
 * What a {@link Server} does with a connection that was idle for too long.
 *
 * @since 0.1
 */
public enum IdleAction {
  /** Closes it: calls in progress fail with {@link NetClosedException}. */
  CLOSE,
  /**
   * Sets both its deadlines to a moment that has passed: calls in progress and later ones fail with
   * {@link NetTimeoutException}, and the handler may say goodbye once it has moved them. If the
   * connection stays idle for as long again, it is closed. One that waits for a request has no
   * handler to tell and is closed at once.
   */
  TIME_OUT
}
