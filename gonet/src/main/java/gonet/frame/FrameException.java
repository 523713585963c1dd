package gonet.frame;

import gonet.Conn;
import java.io.Serial;
import java.net.ProtocolException;

/**
 * The bytes on a connection break the rules of its {@link Framing}, or a frame to write would. The
 * connection itself is sound. That the stream ended inside of a frame is an {@link
 * java.io.EOFException}: {@link TruncatedFrameException}.
 *
 * <p>The message names both ends of the connection, as those of {@link gonet.NetFailure} do.
 *
 * @since 0.1
 */
public abstract sealed class FrameException extends ProtocolException
    permits FrameTooLongException, MalformedFrameException, UnfinishedFrameException {
  @Serial private static final long serialVersionUID = 1;

  FrameException(String message) {
    super(message);
  }

  /** {@code why} behind the operation and both ends. */
  static String text(Conn conn, String op, String why) {
    return op
        + " "
        + conn.localAddr().network()
        + " "
        + conn.localAddr()
        + "->"
        + conn.remoteAddr()
        + ": "
        + why;
  }
}
