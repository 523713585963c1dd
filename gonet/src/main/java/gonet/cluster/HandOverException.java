package gonet.cluster;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Two generations of a program could not agree at their path. Whoever served before goes on. The
 * message names the path, and the other process where it is known.
 *
 * @since 0.1
 */
public final class HandOverException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  HandOverException(Path path, String reason, @Nullable Throwable cause) {
    super("hand-over at " + path + ": " + reason, cause);
  }
}
