package gonet.internal.poll;

import gonet.internal.backend.Errno;
import gonet.internal.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * An operation on an {@link FD} failed: why, and how much of it had been done. Without wording and
 * without a stack trace; the API layer makes the exception that a user sees out of it.
 */
public final class FDException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why an operation ended. */
  public enum Kind {
    /** The descriptor was closed here, before or during the call. */
    CLOSED,
    /** The deadline of the direction, or the call's own, had passed. */
    TIMEOUT,
    /** The thread's interrupt status was set when it had to wait; it still is. */
    INTERRUPTED,
    /** A system call failed. */
    SYSCALL
  }

  private final Kind kind;
  private final String call;
  private final int errno;
  private final long transferred;
  private final long limit;

  private FDException(Kind kind, String call, int errno, long transferred, long limit) {
    super(kind == Kind.SYSCALL ? call + ": " + Errno.name(errno) : kind.name(), null, false, false);
    this.kind = kind;
    this.call = call;
    this.errno = errno;
    this.transferred = transferred;
    this.limit = limit;
  }

  /** A failure without a system call; {@code transferred} bytes had been written before. */
  public static FDException of(Kind kind, long transferred) {
    return new FDException(kind, "", 0, transferred, Clock.NONE);
  }

  /** {@code limit} is the moment that has passed. */
  static FDException timeout(long limit, long transferred) {
    return new FDException(Kind.TIMEOUT, "", 0, transferred, limit);
  }

  /**
   * Why an operation stops.
   *
   * @param slot whose sticky deadline counted beside {@code callLimit}, null if there is none yet
   */
  static FDException of(Kind why, @Nullable ParkSlot slot, long callLimit, long transferred) {
    return why != Kind.TIMEOUT
        ? of(why, transferred)
        : timeout(slot == null ? callLimit : slot.struck(callLimit), transferred);
  }

  /** {@code errno} is positive. */
  public static FDException syscall(String call, int errno, long transferred) {
    return new FDException(Kind.SYSCALL, call, errno, transferred, Clock.NONE);
  }

  /** Why. */
  public Kind kind() {
    return kind;
  }

  /** The system call that failed, empty for the other kinds. */
  public String call() {
    return call;
  }

  /** Its errno, positive; zero for the other kinds. */
  public int errno() {
    return errno;
  }

  /**
   * For {@link Kind#TIMEOUT} the moment that had passed: the one that the call was given, or the
   * sticky deadline of its direction, whichever is earlier. So a layer that gave a call its own
   * limit beside that of the connection can tell whose has struck. {@link Clock#NONE} otherwise.
   */
  public long limit() {
    return limit;
  }

  /** The bytes a write had handed to the kernel before it failed. */
  public long transferred() {
    return transferred;
  }
}
