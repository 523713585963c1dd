package gonet.internal.layer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A read that takes its room when there may be something to read, so that a thread that waits holds
 * none; and that asks the kernel once where waiting and reading would ask it twice. Any thread.
 *
 * @param <L> the kind of time limit
 */
@FunctionalInterface
public interface LateRead<L> {

  /**
   * Reads at least one byte, as {@code Conn.read} does: under the deadline of reads and {@code
   * limit}. The timeout of each read is the layer's business, whose read began earlier.
   *
   * @param limit null for none
   * @return how many bytes, −1 at the end of the stream
   */
  int read(Room room, @Nullable L limit) throws IOException;
}
