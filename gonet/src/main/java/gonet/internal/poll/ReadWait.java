package gonet.internal.poll;

/**
 * Stands in the park slot of a direction in place of a thread: a wait without a thread, for {@link
 * FD#whenReadable}. Whoever takes it out of the slot tells it, exactly once; with that the read
 * lock of the descriptor, which the wait holds, is its own to give back by {@link FD#endWait}.
 *
 * <p>Both methods are called by threads that must not be kept, and that may hold up everybody while
 * they wait for a lock or for a class to be initialised: so they do little, neither block nor log,
 * and throw nothing but what the next sentence says.
 */
public interface ReadWait {
  /**
   * A read would not have to wait any more. Called by a polling thread. If it throws, for want of
   * memory for instance, it counts as not told, and is told again a moment later.
   */
  void readable();

  /** The descriptor is being closed. Called by whoever closes it, who waits for the read lock. */
  void closed();
}
