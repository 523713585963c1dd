package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * The stream is longer than the caller takes: {@link Conn#readAll(int)}. The connection is open;
 * the {@link #bytesTransferred} that were read are lost.
 *
 * <p>Go: {@code http.MaxBytesError}.
 *
 * @since 0.1
 */
public final class NetTooLongException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final long limitBytes;

  /**
   * A failure with these facts, for those who implement a {@link Conn}.
   *
   * @param limitBytes {@link #limitBytes}
   */
  public NetTooLongException(OpFailure failure, long limitBytes) {
    super(failure.message());
    this.failure = failure;
    this.limitBytes = limitBytes;
  }

  /** The most bytes that the caller takes. */
  public long limitBytes() {
    return limitBytes;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
