package gonet.internal.time;

/**
 * No thread was to be had: there is a limit on them, of the user or of a container
 * (pthread_create(3), EAGAIN). The JDK tells it as want of memory, and so does this, which says
 * whose thread it was. What a call declares is made of it where the call can fail.
 */
public final class NoThreadError extends OutOfMemoryError {
  private static final long serialVersionUID = 1;

  /** What {@link #call} begins with. */
  public static final String CALL = "clone ";

  private final String thread;

  NoThreadError(String thread, OutOfMemoryError cause) {
    super("cannot start thread " + thread + ": " + cause.getMessage());
    initCause(cause);
    this.thread = thread;
  }

  /** The system call that failed, clone(2), and behind it for which thread. */
  public String call() {
    return CALL + thread;
  }
}
