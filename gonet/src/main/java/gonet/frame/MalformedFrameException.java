package gonet.frame;

import java.io.Serial;

/**
 * When reading: a prefix that is no length. Nobody can say where the next frame begins, so {@link
 * TooLong#SKIP} is of no help: the connection is closed with {@link TooLong#CLOSE}, and otherwise
 * the reader stays where it is and fails in the same way again. When writing: a frame that no
 * reader could get back as it is; nothing was sent.
 *
 * @since 0.1
 */
public final class MalformedFrameException extends FrameException {
  @Serial private static final long serialVersionUID = 1;

  MalformedFrameException(String message) {
    super(message);
  }
}
