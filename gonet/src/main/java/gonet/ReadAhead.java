package gonet;

/**
 * A reader over a connection that takes more from it than its user has asked for yet, such as a
 * {@code gonet.frame.FrameReader}. Code that waits for the connection to have something asks here
 * first: bytes that are held already make no connection readable.
 *
 * <p>Used by the thread that reads.
 *
 * @since 0.1
 */
public interface ReadAhead {

  /** Bytes that were taken from the connection, and not handed out yet. */
  int bufferedBytes();

  /**
   * Nobody reads, perhaps for long: gives up memory that holds nothing. The next read takes it
   * anew. Default: does nothing.
   */
  default void rest() {}
}
