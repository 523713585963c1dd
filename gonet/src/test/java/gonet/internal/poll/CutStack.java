package gonet.internal.poll;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations at the end of a stack, the first where not even a call finds room, and each with
 * room for one frame more. In between each of their steps meets its StackOverflowError.
 */
final class CutStack {
  private static final long STACK_BYTES = 256 * 1024;

  /** What is done at the end of the stack. */
  interface Body {
    void run() throws Exception;
  }

  private final List<? extends Body> bodies;

  /** What came out of each, null where it was done. */
  private final @Nullable Throwable[] failures;

  private int next;

  private CutStack(List<? extends Body> bodies) {
    this.bodies = bodies;
    this.failures = new Throwable[bodies.size()];
  }

  /** Runs each body once, in order, and returns what came out of them. */
  static @Nullable Throwable[] run(List<? extends Body> bodies) throws InterruptedException {
    CutStack cut = new CutStack(bodies);
    Thread thread = new Thread(null, cut::descend, "cut", STACK_BYTES);
    thread.start();
    thread.join();
    return cut.failures;
  }

  @SuppressWarnings("InfiniteRecursion") // the point
  private void descend() {
    try {
      descend();
    } catch (StackOverflowError e) {
      // The end. From here on it goes up again.
    }
    int i = next;
    if (i < failures.length) {
      next = i + 1;
      try {
        bodies.get(i).run();
      } catch (Throwable t) {
        failures[i] = t;
      }
    }
  }
}
