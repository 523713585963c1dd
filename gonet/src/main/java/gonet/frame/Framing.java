package gonet.frame;

import gonet.Conn;
import java.nio.ByteBuffer;

/**
 * Where frames begin and end in a stream, and how long they may be. Immutable; one value serves any
 * number of connections.
 *
 * <p>{@code Lines.upTo(8192).reader(conn)} and {@code LengthPrefixed.ofBytes(4, 1 <<
 * 20).writer(conn)} are how to use one.
 *
 * @since 0.1
 */
public abstract sealed class Framing
    permits Delimited, FixedLength, LengthField, LengthPrefixed, Lines {

  /** What the largest frame and the most of head and tail must fit into together. */
  static final int LARGEST = Integer.MAX_VALUE - 1024;

  static final byte[] NOTHING = {};

  private final int maxBytes;

  Framing(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  static int requireMaxBytes(int maxBytes, int least) {
    if (maxBytes < least || maxBytes > LARGEST) {
      throw new IllegalArgumentException(
          "maxBytes " + maxBytes + " is not within " + least + " to " + LARGEST);
    }
    return maxBytes;
  }

  /** The limit of a frame in bytes, without its prefix, delimiter or line end. */
  public final int maxBytes() {
    return maxBytes;
  }

  /** {@link #reader(Conn, TooLong)} with {@link TooLong#STOP}. */
  public final FrameReader reader(Conn conn) {
    return reader(conn, TooLong.STOP);
  }

  /**
   * A reader of frames from {@code conn}. It reads ahead, so all reading has to go through it from
   * now on; there should be one for each connection.
   *
   * @param tooLong what becomes of the stream after a frame above {@link #maxBytes}
   */
  public final FrameReader reader(Conn conn, TooLong tooLong) {
    return new FrameReader(conn, this, tooLong);
  }

  /**
   * A writer of frames to {@code conn}. It holds nothing back, so others may write to the
   * connection as well, between frames.
   */
  public final FrameWriter writer(Conn conn) {
    return new FrameWriter(conn, this);
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Finds the frame that begins at {@code start}; {@code held} bytes of it and more are there. */
  abstract Cut.Found cut(byte[] bytes, int start, int held, Cut cut);

  /**
   * Where a frame that announced no length ends, its tail included; −1 if not within these bytes.
   */
  int endOf(byte[] bytes, int start, int held) {
    throw new AssertionError(this + " announces lengths");
  }

  /** How many last bytes may be the beginning of a tail, when {@link #endOf} found none. */
  int undecidedBytes() {
    return 0;
  }

  /** Whether the end of the stream ends a frame, too. */
  boolean endOfStreamEndsFrame() {
    return false;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Why no reader could get {@code frame} back as it is; empty if one can. */
  abstract String objection(ByteBuffer frame);

  /** What stands before a frame of {@code size} bytes. */
  byte[] head(int size) {
    return NOTHING;
  }

  /** What stands behind a frame. Not to be changed. */
  byte[] tail() {
    return NOTHING;
  }
}
