package gonet;

import java.io.Serial;
import java.net.NoRouteToHostException;

/**
 * EHOSTUNREACH or ENETUNREACH: no route, or a router or the neighbourhood said that nobody is
 * there. On an established connection it is told only once the kernel gives up sending again.
 *
 * @since 0.1
 */
public final class NetNoRouteException extends NoRouteToHostException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetNoRouteException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
