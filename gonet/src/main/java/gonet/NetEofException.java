package gonet;

import java.io.EOFException;
import java.io.Serial;

/**
 * The stream ended before all the bytes had come that were asked for: {@link Conn#readFully}. How
 * many came is {@link #bytesTransferred}.
 *
 * <p>Go: {@code io.ErrUnexpectedEOF}.
 *
 * @since 0.1
 */
public final class NetEofException extends EOFException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final long wantedBytes;

  /**
   * A failure with these facts, for those who implement a {@link Conn}.
   *
   * @param wantedBytes {@link #wantedBytes}
   */
  public NetEofException(OpFailure failure, long wantedBytes) {
    super(failure.message());
    this.failure = failure;
    this.wantedBytes = wantedBytes;
  }

  /** The bytes that were asked for. */
  public long wantedBytes() {
    return wantedBytes;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
