package gonet.frame;

/**
 * What a framing found at the beginning of the bytes at hand. A reader has one and uses it for all
 * of its frames, so that looking for a frame allocates nothing.
 */
final class Cut {

  enum Found {
    /** No decision without further bytes; {@link #mostBytes}, {@link #wholeBytes}. */
    MORE,
    /** {@link #headBytes}, {@link #bodyBytes}, {@link #tailBytes}. */
    FRAME,
    /** {@link #announcedBytes}, {@link #headBytes}. */
    TOO_LONG,
    /** {@link #why}. */
    MALFORMED
  }

  /** Bytes from the frame's beginning that are known to hold no delimiter. The framing's memory. */
  int searched;

  /** How long the frame can be at most, head and tail included. */
  int mostBytes;

  /** How long the frame is, head and tail included; −1 where that is not known yet. */
  int wholeBytes;

  int headBytes;
  int bodyBytes;
  int tailBytes;

  /** The length in the head, {@code Long.MAX_VALUE} for any above; −1 if there is none. */
  long announcedBytes;

  String why = "";

  Found more(int most) {
    mostBytes = most;
    wholeBytes = -1;
    return Found.MORE;
  }

  Found moreOf(int whole) {
    mostBytes = whole;
    wholeBytes = whole;
    return Found.MORE;
  }

  Found frame(int head, int body, int tail) {
    headBytes = head;
    bodyBytes = body;
    tailBytes = tail;
    return Found.FRAME;
  }

  Found tooLong(int head, long announced) {
    headBytes = head;
    announcedBytes = announced;
    return Found.TOO_LONG;
  }

  Found malformed(String reason) {
    why = reason;
    return Found.MALFORMED;
  }
}
