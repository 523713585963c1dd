package gonet.internal.layer;

/**
 * A listener whose close somebody else has to hear of, such as the process that it came from. All
 * methods are safe for any thread.
 */
@FunctionalInterface
public interface CloseHook {

  /**
   * Calls this at each close from now on, just before the descriptor goes back. Replaces the one
   * before.
   *
   * @param action waits for nobody; may be called again, and by several threads at once
   */
  void beforeClose(Runnable action);
}
