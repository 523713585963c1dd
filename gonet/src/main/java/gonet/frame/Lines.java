package gonet.frame;

import java.nio.ByteBuffer;

/**
 * Lines: frames that end with LF or with CR LF, whichever comes. Neither is part of the line. A CR
 * without an LF behind it is a byte like any other; for CR LF alone see {@link Delimited}.
 *
 * <p>A line with a CR or LF in it cannot be written: {@link MalformedFrameException}. So no text
 * from elsewhere can pass for two lines.
 *
 * @since 0.1
 */
public final class Lines extends Framing {
  private static final byte[] LF = {'\n'};
  private static final byte[] CRLF = {'\r', '\n'};

  private final boolean crlf;
  private final boolean openEnd;

  private Lines(int maxBytes, boolean crlf, boolean openEnd) {
    super(maxBytes);
    this.crlf = crlf;
    this.openEnd = openEnd;
  }

  /**
   * Lines of at most {@code maxBytes}, not counting their end; written with LF.
   *
   * @throws IllegalArgumentException if {@code maxBytes} is negative or close to 2 GiB
   */
  public static Lines upTo(int maxBytes) {
    return new Lines(requireMaxBytes(maxBytes, 0), false, false);
  }

  /** Whether lines are written with CR LF, as most protocols of the Internet want them. */
  public Lines withCrlf(boolean written) {
    return new Lines(maxBytes(), written, openEnd);
  }

  /**
   * Whether bytes between the last line end and the end of the stream are a line. By default they
   * are a {@link TruncatedFrameException}, because a peer that died looks the same.
   */
  public Lines withOpenEnd(boolean accepted) {
    return new Lines(maxBytes(), crlf, accepted);
  }

  @Override
  Cut.Found cut(byte[] bytes, int start, int held, Cut cut) {
    int window = (int) Math.min(held, (long) maxBytes() + CRLF.length);
    for (int i = cut.searched; i < window; i++) {
      if (bytes[start + i] == '\n') {
        int end = i > 0 && bytes[start + i - 1] == '\r' ? CRLF.length : LF.length;
        int line = i + 1 - end;
        // Only a line that ends with a lone LF right behind the limit gets here above it.
        return line > maxBytes() ? cut.tooLong(0, -1) : cut.frame(0, line, end);
      }
    }
    cut.searched = window;
    int certain = window > 0 && bytes[start + window - 1] == '\r' ? window - 1 : window;
    return certain > maxBytes() ? cut.tooLong(0, -1) : cut.more(maxBytes() + CRLF.length);
  }

  @Override
  int endOf(byte[] bytes, int start, int held) {
    int at = Bytes.indexOf(bytes, start, start + held, LF);
    return at < 0 ? -1 : at + LF.length;
  }

  @Override
  boolean endOfStreamEndsFrame() {
    return openEnd;
  }

  @Override
  String objection(ByteBuffer frame) {
    for (int i = frame.position(); i < frame.limit(); i++) {
      byte b = frame.get(i);
      if (b == '\n' || b == '\r') {
        return "a line with a CR or LF, at byte " + (i - frame.position());
      }
    }
    return "";
  }

  @Override
  byte[] tail() {
    return crlf ? CRLF : LF;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lines that
        && maxBytes() == that.maxBytes()
        && crlf == that.crlf
        && openEnd == that.openEnd;
  }

  @Override
  public int hashCode() {
    return maxBytes() * 4 + (crlf ? 2 : 0) + (openEnd ? 1 : 0);
  }

  @Override
  public String toString() {
    return "lines up to " + maxBytes() + " bytes";
  }
}
