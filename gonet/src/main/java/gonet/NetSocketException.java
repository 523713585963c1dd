package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * A system call failed and no narrower class fits: {@code connection reset by peer}, {@code broken
 * pipe}, {@code too many open files} and the rest. {@link #errno()} tells which.
 *
 * @since 0.1
 */
public final class NetSocketException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetSocketException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
