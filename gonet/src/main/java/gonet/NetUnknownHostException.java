package gonet;

import java.io.Serial;
import java.net.UnknownHostException;

/**
 * The host's or service's name does not resolve: {@code lookup NAME: no such host}. The cause is
 * what the resolver threw.
 *
 * @since 0.1
 */
public final class NetUnknownHostException extends UnknownHostException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetUnknownHostException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
