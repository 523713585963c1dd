package gonet;

import java.io.Serial;
import java.net.ConnectException;

/**
 * connect(2) failed: ECONNREFUSED when nobody listens there, ETIMEDOUT when the kernel gave up, and
 * what else it may say except that there is no route ({@link NetNoRouteException}).
 *
 * @since 0.1
 */
public final class NetConnectException extends ConnectException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetConnectException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
