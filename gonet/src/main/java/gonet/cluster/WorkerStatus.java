package gonet.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A worker as it is now. Immutable.
 *
 * @param number from 1; a replacement has the number of the one before
 * @param pid its process, or the last one; 0 if there was none
 * @param state where it is in its life
 * @param starts how many processes this worker has been
 * @param lastEnd how the last process that ended did so, null if none did
 * @since 0.1
 */
public record WorkerStatus(
    int number, long pid, State state, int starts, @Nullable String lastEnd) {

  /**
   * Where a worker is in its life.
   *
   * <pre>
   *   STARTING --{@link Worker#ready}--&gt; READY --shutdown--&gt; DRAINING --&gt; ENDED
   *      ^  |                         |
   *      |  +------- it dies ---------+
   *      |              v
   *      +--------- PAUSING
   * </pre>
   *
   * @since 0.1
   */
  public enum State {
    /** Its process starts, and is not ready yet. */
    STARTING,
    /** It serves. */
    READY,
    /** It died, and the next process starts after a while. */
    PAUSING,
    /** It was told to end. */
    DRAINING,
    /** It ended, and no process follows. */
    ENDED
  }
}
