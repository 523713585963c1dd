package gonet.internal.layer;

/**
 * A connection or a listener that can be closed by a thread that must not wait, such as one that
 * serves everybody. All methods are safe for any thread.
 */
@FunctionalInterface
public interface PromptClose {

  /**
   * Closes as {@code close} does, but neither waits until those who are inside have left nor for
   * SO_LINGER: the descriptor goes back to the kernel when they are gone. A second call has no
   * effect.
   */
  void closeSoon();
}
