package gonet.live;

import gonet.Conn;
import gonet.NetFailure;
import gonet.OpFailure;
import java.io.Serial;
import java.net.SocketException;

/**
 * The other side was slower than a {@link MinRate} allows. The connection is still open, so that an
 * answer can be written to a slow sender; a write that stalled has left a part of its bytes, {@link
 * #bytesTransferred}.
 *
 * @since 0.1
 */
public final class StalledException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  StalledException(String op, Conn conn, long bytes, MinRate rate, long bytesTransferred) {
    this(
        OpFailure.of(op, conn, "stalled: " + bytes + " bytes, below " + rate.text())
            .asTimeout()
            .withBytesTransferred(bytesTransferred));
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
