package gonet;

import java.io.Serial;
import java.nio.channels.ClosedChannelException;

/**
 * The connection or listener was closed on this side, before the call or while it waited: {@code
 * use of closed network connection}, words that may be relied on. For a pipe, whose ends share
 * their fate, {@code io: read/write on closed pipe}.
 *
 * <p>Go: {@code net.ErrClosed} and {@code io.ErrClosedPipe}.
 *
 * @since 0.1
 */
public final class NetClosedException extends ClosedChannelException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetClosedException(OpFailure failure) {
    this.failure = failure;
  }

  /** Go's text; overridden because the superclass takes none. */
  @Override
  public String getMessage() {
    return failure.message();
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
