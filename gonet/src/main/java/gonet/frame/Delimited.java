package gonet.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Frames that end with a delimiter of one or more bytes, such as a NUL or CR LF. The delimiter is
 * no part of the frame; its first occurrence ends the frame, and the next byte begins another. Two
 * delimiters in a row make an empty frame.
 *
 * <p>A frame that holds the delimiter, or would form one together with the one behind it, cannot be
 * written: {@link MalformedFrameException}.
 *
 * @since 0.1
 */
public final class Delimited extends Framing {
  private final byte[] delimiter;
  private final boolean openEnd;

  private Delimited(byte[] delimiter, int maxBytes, boolean openEnd) {
    super(maxBytes);
    this.delimiter = delimiter;
    this.openEnd = openEnd;
  }

  /**
   * Frames of at most {@code maxBytes}, not counting the delimiter.
   *
   * @param delimiter 1 to 256 bytes; copied
   * @throws IllegalArgumentException if it is not, or {@code maxBytes} is negative or close to 2
   *     GiB
   */
  public static Delimited by(byte[] delimiter, int maxBytes) {
    if (delimiter.length < 1 || delimiter.length > 256) {
      throw new IllegalArgumentException(
          "delimiter of " + delimiter.length + " bytes, not of 1 to 256");
    }
    return new Delimited(delimiter.clone(), requireMaxBytes(maxBytes, 0), false);
  }

  /**
   * Whether bytes between the last delimiter and the end of the stream are a frame. By default they
   * are a {@link TruncatedFrameException}, because a peer that died looks the same.
   */
  public Delimited withOpenEnd(boolean accepted) {
    return new Delimited(delimiter, maxBytes(), accepted);
  }

  @Override
  Cut.Found cut(byte[] bytes, int start, int held, Cut cut) {
    // No delimiter further on makes a frame within the limit, so this bounds the search as well.
    int window = (int) Math.min(held, (long) maxBytes() + delimiter.length);
    int from = start + Math.max(0, cut.searched - undecidedBytes());
    int at = Bytes.indexOf(bytes, from, start + window, delimiter);
    if (at >= 0) {
      return cut.frame(0, at - start, delimiter.length);
    }
    cut.searched = window;
    if (window > maxBytes()
        && window - Bytes.overlap(bytes, start, start + window, delimiter) > maxBytes()) {
      return cut.tooLong(0, -1);
    }
    return cut.more(maxBytes() + delimiter.length);
  }

  @Override
  int endOf(byte[] bytes, int start, int held) {
    int at = Bytes.indexOf(bytes, start, start + held, delimiter);
    return at < 0 ? -1 : at + delimiter.length;
  }

  @Override
  int undecidedBytes() {
    return delimiter.length - 1;
  }

  @Override
  boolean endOfStreamEndsFrame() {
    return openEnd;
  }

  @Override
  String objection(ByteBuffer frame) {
    int size = frame.remaining();
    for (int i = 0; i < size; i++) {
      if (delimitedAt(frame, frame.position() + i)) {
        return "the delimiter begins inside of it, at byte " + i;
      }
    }
    return "";
  }

  /** Whether the delimiter stands at {@code at} in the frame with its delimiter behind it. */
  private boolean delimitedAt(ByteBuffer frame, int at) {
    for (int i = 0; i < delimiter.length; i++) {
      int behind = at + i - frame.limit();
      byte b = behind < 0 ? frame.get(at + i) : delimiter[behind];
      if (b != delimiter[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  byte[] tail() {
    return delimiter;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Delimited that
        && maxBytes() == that.maxBytes()
        && openEnd == that.openEnd
        && Arrays.equals(delimiter, that.delimiter);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(delimiter) * 31 + maxBytes();
  }

  @Override
  public String toString() {
    return "frames up to "
        + maxBytes()
        + " bytes that end with 0x"
        + HexFormat.of().formatHex(delimiter);
  }
}
