package gonet.internal.layer;

import java.nio.ByteBuffer;

/**
 * Room for a read that is borrowed for the moment of the system call. Used by one reader at a time.
 */
public interface Room {

  /** Room for at least one byte; the same as before until {@link #rest}. */
  ByteBuffer take();

  /** The read is about to wait, and has put nothing into the room. */
  void rest();
}
