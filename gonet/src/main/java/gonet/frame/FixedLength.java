package gonet.frame;

import java.nio.ByteBuffer;

/**
 * Frames that all have the same length, with nothing around them. With {@link FrameReader#switchTo}
 * also the body whose length a line before it has told.
 *
 * @since 0.1
 */
public final class FixedLength extends Framing {

  private FixedLength(int bytes) {
    super(bytes);
  }

  /**
   * Frames of exactly {@code bytes}.
   *
   * @throws IllegalArgumentException if {@code bytes} is below 1 or close to 2 GiB
   */
  public static FixedLength of(int bytes) {
    return new FixedLength(requireMaxBytes(bytes, 1));
  }

  @Override
  Cut.Found cut(byte[] bytes, int start, int held, Cut cut) {
    return held >= maxBytes() ? cut.frame(0, maxBytes(), 0) : cut.moreOf(maxBytes());
  }

  @Override
  String objection(ByteBuffer frame) {
    return frame.remaining() == maxBytes()
        ? ""
        : frame.remaining() + " bytes, where each frame has " + maxBytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FixedLength that && maxBytes() == that.maxBytes();
  }

  @Override
  public int hashCode() {
    return maxBytes();
  }

  @Override
  public String toString() {
    return "frames of " + maxBytes() + " bytes";
  }
}
