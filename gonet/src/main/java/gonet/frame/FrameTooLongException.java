package gonet.frame;

import gonet.Conn;
import java.io.Serial;

/**
 * A frame is longer than {@link Framing#maxBytes}. When reading, {@link TooLong} says what becomes
 * of the stream; nothing was allocated for the frame. When writing, nothing was sent.
 *
 * @since 0.1
 */
public final class FrameTooLongException extends FrameException {
  @Serial private static final long serialVersionUID = 1;

  private final int maxBytes;
  private final long announcedBytes;

  private FrameTooLongException(String message, int maxBytes, long announcedBytes) {
    super(message);
    this.maxBytes = maxBytes;
    this.announcedBytes = announcedBytes;
  }

  static FrameTooLongException of(Conn conn, String op, int maxBytes, long announcedBytes) {
    String size = "frame";
    if (announcedBytes >= 0) {
      boolean exact = announcedBytes < Long.MAX_VALUE;
      size += exact ? " of " + announcedBytes + " bytes" : " of 2^63 bytes or more";
    }
    String why = size + " is above the limit of " + maxBytes;
    return new FrameTooLongException(FrameException.text(conn, op, why), maxBytes, announcedBytes);
  }

  /** The limit. */
  public int maxBytes() {
    return maxBytes;
  }

  /**
   * The length that the prefix announced, or that was to be written; {@code Long.MAX_VALUE} for
   * every length from there to 2⁶⁴ − 1; −1 where frames end with a delimiter, for then nobody
   * knows.
   */
  public long announcedBytes() {
    return announcedBytes;
  }
}
