package gonet.internal.layer;

import java.time.Duration;

/**
 * What a process may ask of itself and of the one at the other end of a Unix connection. Any
 * thread.
 */
public interface Processes {

  /** The number of this process, as others of its PID namespace know it. */
  long own();

  /**
   * Waits until a process has ended.
   *
   * @param pid of this PID namespace; one that nobody has is of a process that has ended
   * @return false if it lives after {@code limit}, and at once for this process itself
   */
  boolean awaitEnd(long pid, Duration limit) throws InterruptedException;
}
