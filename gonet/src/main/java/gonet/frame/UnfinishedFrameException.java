package gonet.frame;

import java.io.Serial;

/**
 * Another frame cannot be written, because a deadline or an interrupt has cut off the one before;
 * {@link FrameWriter#resume} sends the rest. Nothing of the new frame was sent.
 *
 * @since 0.1
 */
public final class UnfinishedFrameException extends FrameException {
  @Serial private static final long serialVersionUID = 1;

  private final long owedBytes;

  UnfinishedFrameException(String message, long owedBytes) {
    super(message);
    this.owedBytes = owedBytes;
  }

  /** How many bytes the other side still waits for. */
  public long owedBytes() {
    return owedBytes;
  }
}
