package gonet;

import java.io.Serial;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A deadline or timeout passed before the operation was complete: {@code i/o timeout}. The
 * connection or listener stays open and usable; what a write had sent by then is in {@link
 * #bytesTransferred()}, and in {@code InterruptedIOException}'s field as far as an int reaches.
 *
 * <p>Go: {@code os.ErrDeadlineExceeded}.
 *
 * @since 0.1
 */
public final class NetTimeoutException extends SocketTimeoutException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final transient @Nullable TimeLimit limit;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetTimeoutException(OpFailure failure) {
    this(failure, null);
  }

  /**
   * The same.
   *
   * @param limit {@link #limit}
   */
  public NetTimeoutException(OpFailure failure, @Nullable TimeLimit limit) {
    super(failure.message());
    this.failure = failure;
    this.limit = limit;
    this.bytesTransferred = failure.bytesTransferredInt();
  }

  /**
   * The limit of {@link Conn#within}, or of the call, that was over; null if the connection's own
   * deadline or timeout was. Not serialized.
   */
  public @Nullable TimeLimit limit() {
    return limit;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
