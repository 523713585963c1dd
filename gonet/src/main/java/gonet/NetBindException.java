package gonet;

import java.io.Serial;
import java.net.BindException;

/**
 * The local address cannot be had: bind(2) failed, most often with EADDRINUSE, EADDRNOTAVAIL or
 * EACCES, or listen(2) did with one of these three, for two sockets with SO_REUSEADDR may be bound
 * alike and only one of them listen.
 *
 * @since 0.1
 */
public final class NetBindException extends BindException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetBindException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
