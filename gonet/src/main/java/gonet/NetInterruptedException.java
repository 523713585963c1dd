package gonet;

import java.io.InterruptedIOException;
import java.io.Serial;

/**
 * The calling thread was interrupted while the operation waited, or before it would have: {@code
 * operation was canceled}. The thread's interrupt status stays set, and the connection or listener
 * stays open and usable. {@link #bytesTransferred()} tells how much a write had sent by then, and
 * so does {@code InterruptedIOException}'s field as far as an int reaches. A dial leaves nothing
 * behind.
 *
 * <p>Go: the cancelled context of {@code DialContext}; its reads and writes know no such thing.
 *
 * @since 0.1
 */
public final class NetInterruptedException extends InterruptedIOException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetInterruptedException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
    this.bytesTransferred = failure.bytesTransferredInt();
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
