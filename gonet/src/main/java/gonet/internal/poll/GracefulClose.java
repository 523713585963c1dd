package gonet.internal.poll;

import gonet.internal.time.Clock;

/**
 * Half-close, then drain until the other side has ended too: the part of a graceful close before
 * the close itself. Without the draining, input that nobody read makes the kernel reset the
 * connection, and the reset overtakes what was written (RFC 1122, 4.2.2.13).
 */
public final class GracefulClose {
  private static final int DRAIN_BYTES = 8192;

  private GracefulClose() {}

  /** True when the other side ended its direction in time. Interrupts are kept for later. */
  public static boolean run(FD fd, long timeoutNanos) {
    // A limit of this call's own: the deadlines belong to everybody, and others may move them.
    long limit = Clock.after(timeoutNanos);
    byte[] drain = new byte[DRAIN_BYTES];
    boolean halfClosed = false;
    boolean interrupted = false;
    try {
      for (; ; ) {
        interrupted |= Thread.interrupted(); // a status that is set would end every wait
        try {
          if (!halfClosed) {
            fd.closeWrite(limit);
            halfClosed = true;
          }
          while (fd.read(drain, 0, drain.length, limit) >= 0) {
            // Drop it.
          }
          return true;
        } catch (FDException e) {
          if (!goesOn(fd, e, limit)) {
            return false; // out of time, reset, or closed meanwhile: close does the rest
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean goesOn(FD fd, FDException e, long limit) {
    return switch (e.kind()) {
      case INTERRUPTED -> true;
      case TIMEOUT -> Clock.now() < limit && clearedDeadline(fd);
      default -> false;
    };
  }

  /** The sticky deadline has passed, which is no reason to stop before the time is over. */
  private static boolean clearedDeadline(FD fd) {
    try {
      fd.readDeadline(Clock.NONE);
      return true;
    } catch (FDException closed) {
      return false;
    }
  }
}
