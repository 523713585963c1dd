package gonet.cluster;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a cluster could not agree, or a worker did not start. The message names the
 * worker, and tells why.
 *
 * @since 0.1
 */
public final class ClusterException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  ClusterException(String reason, @Nullable Throwable cause) {
    super("cluster: " + reason, cause);
  }
}
