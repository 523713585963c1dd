package gonet.internal.backend;

/**
 * A system call failed: its name and its errno, nothing more. It stays inside gonet and has no
 * stack trace; the API layer turns it into the exception a user sees, whose trace begins at the
 * user's call.
 */
public final class SyscallException extends Exception {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  /**
   * @param call the name in section 2 of the manual, such as {@code bind}
   * @param errno positive, as in {@link Errno}
   */
  public SyscallException(String call, int errno) {
    super(call + ": " + Errno.name(errno), null, false, false);
    this.call = call;
    this.errno = errno;
  }

  /** The system call's name. */
  public String call() {
    return call;
  }

  /** Its errno, positive. */
  public int errno() {
    return errno;
  }
}
