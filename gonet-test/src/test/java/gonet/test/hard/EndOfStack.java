package gonet.test.hard;

/**
 * Calls something at the end of the stack, and then once more in each frame on the way back, until
 * it gets through: so each step of the call meets the end once. Used by one thread.
 */
final class EndOfStack {

  /** What is called. */
  interface Call {
    void run() throws Exception;
  }

  private final Call call;
  private int overflows;
  private Throwable failure;
  private boolean through;

  private EndOfStack(Call call) {
    this.call = call;
  }

  /**
   * Returns how often the call met the end before it got through.
   *
   * @throws Exception what it ended with, or an Error
   */
  static int of(Call call) throws Exception {
    EndOfStack stack = new EndOfStack(call);
    stack.descend();
    if (stack.failure instanceof Error e) {
      throw e;
    }
    if (stack.failure instanceof Exception e) {
      throw e;
    }
    return stack.overflows;
  }

  @SuppressWarnings("InfiniteRecursion") // the point
  private void descend() {
    try {
      descend();
    } catch (StackOverflowError e) {
      // the end: from here on it goes up
    }
    if (!through) {
      try {
        call.run();
        through = true;
      } catch (StackOverflowError e) {
        overflows++;
      } catch (Throwable t) {
        failure = t;
        through = true;
      }
    }
  }
}
