package gonet.internal.dial;

import java.io.IOException;

/**
 * How one address is dialled: all that a dial knows of its network, its addresses and its failures.
 * Safe for any thread.
 *
 * @param <A> an address
 * @param <C> a connection
 */
public interface Connector<A, C> {

  /**
   * Connects to one address.
   *
   * @param limit a moment of the clock, or none
   * @param attempt told which descriptor is waited for; once it is ended, the connect is canceled
   */
  C connect(A remote, long limit, Attempt attempt) throws IOException;

  /** Closes a connection that nobody takes. */
  void discard(C conn);

  /** The failure of an address for which there was no time. */
  IOException timedOut(A remote);

  /** The failure of a thread that was interrupted while this address was dialled. */
  IOException canceled(A remote);

  /** Whether a failure means that the thread was interrupted, or that the attempt was ended. */
  boolean isCanceled(Throwable failure);
}
