package gonet.frame;

import java.io.EOFException;
import java.io.Serial;

/**
 * The stream ended inside of a frame. The bytes that came stay in the reader: {@link
 * FrameReader#read} fails in the same way again, {@link FrameReader#readRaw} hands the bytes out.
 *
 * @since 0.1
 */
public final class TruncatedFrameException extends EOFException {
  @Serial private static final long serialVersionUID = 1;

  private final long gotBytes;
  private final long expectedBytes;

  TruncatedFrameException(String message, long gotBytes, long expectedBytes) {
    super(message);
    this.gotBytes = gotBytes;
    this.expectedBytes = expectedBytes;
  }

  /** How many bytes of the frame came, its prefix included. */
  public long gotBytes() {
    return gotBytes;
  }

  /**
   * How many the frame should have had, its prefix included; −1 where that is not known: the prefix
   * itself is cut off, or the frame ends with a delimiter.
   */
  public long expectedBytes() {
    return expectedBytes;
  }
}
