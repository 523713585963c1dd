package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * The other side was slower than a {@link MinRate} allows. The connection is still open, so that an
 * answer can be written to a slow sender; a write that stalled has left a part of its bytes, {@link
 * #bytesTransferred}.
 */
public final class StalledException extends SocketException implements NetException {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  StalledException(Op op, long bytes, MinRate rate, long bytesTransferred) {
    this(
        OpFailure.of(
            op, "stalled: " + bytes + " bytes, below " + rate.text(), true, bytesTransferred));
  }

  private StalledException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
