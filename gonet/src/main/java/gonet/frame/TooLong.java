package gonet.frame;

/**
 * What a {@link FrameReader} does about a frame above its limit. In each case the call that meets
 * it throws {@link FrameTooLongException}, as soon as the length is known.
 *
 * @since 0.1
 */
public enum TooLong {
  /**
   * The reader stays where it is: every later frame fails in the same way. The connection is open,
   * so that an answer can be written before it is closed.
   */
  STOP,

  /**
   * The next call reads the frame to its end, without keeping it, and goes on with the one behind
   * it. That can take as long as the peer likes to send, so set a deadline.
   */
  SKIP,

  /** The reader closes the connection. */
  CLOSE
}
