package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

/**
 * A connection as a channel in blocking mode: {@link Conn#channel}.
 *
 * <p>A read gives what one read of the connection gives, at least one byte unless there is no room.
 * A write takes all bytes, which the contract of {@link java.nio.channels.WritableByteChannel}
 * allows and does not demand. Not interruptible in the sense of {@link
 * java.nio.channels.InterruptibleChannel}: an interrupt fails the call and leaves the connection
 * open. Failures, deadlines and threads are those of {@link Conn}.
 *
 * <p>Later versions may add methods, with defaults.
 *
 * @since 0.1
 */
public interface ConnChannel extends ByteChannel, GatheringByteChannel, ScatteringByteChannel {

  /**
   * {@inheritDoc}
   *
   * <p>One read of the connection, whose bytes fill the buffers one after the other. Waits for the
   * first byte, and for none after that.
   *
   * @throws java.nio.ReadOnlyBufferException if one of the buffers is read-only; nothing was read
   */
  @Override
  long read(ByteBuffer[] dsts, int off, int len) throws IOException;

  /** Closes the connection: {@link Conn#close}. */
  @Override
  void close();
}
