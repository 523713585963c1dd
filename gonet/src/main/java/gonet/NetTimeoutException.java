package gonet;

import java.io.Serial;
import java.net.SocketTimeoutException;

/**
 * A deadline or timeout passed before the operation was complete: {@code i/o timeout}. The
 * connection or listener stays open and usable; what a write had sent by then is in {@link
 * #bytesTransferred()}, and in {@code InterruptedIOException}'s field as far as an int reaches.
 *
 * <p>Go: {@code os.ErrDeadlineExceeded}.
 */
public final class NetTimeoutException extends SocketTimeoutException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetTimeoutException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
    this.bytesTransferred = failure.bytesTransferredInt();
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
