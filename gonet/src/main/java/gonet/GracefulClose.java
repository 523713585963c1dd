package gonet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Half-close, then drain until the other side has ended too: the part of {@link
 * Conn#closeGracefully} before the close. Without the draining, input that nobody read makes the
 * kernel reset the connection, and the reset overtakes what was written (RFC 1122, 4.2.2.13).
 */
final class GracefulClose {
  private static final int DRAIN_BYTES = 8192;

  private GracefulClose() {}

  /** True when the other side ended its direction in time. Interrupts are kept for later. */
  static boolean run(Conn conn, Duration timeout) {
    long nanos = Durations.nanos(timeout, "timeout");
    Instant until = plus(Instant.now(), nanos);
    boolean interrupted = false;
    try {
      // A thread stuck in a write would keep closeWrite waiting; it gets the same time.
      conn.setDeadline(until);
      conn.setReadTimeout(null);
      byte[] drain = new byte[DRAIN_BYTES];
      for (boolean halfClosed = false; ; ) {
        interrupted |= Thread.interrupted(); // a status that is set would end every wait
        try {
          if (!halfClosed) {
            conn.closeWrite();
            halfClosed = true;
          }
          while (conn.read(drain) >= 0) {
            // Drop it.
          }
          return true;
        } catch (NetInterruptedException e) {
          interrupted = true;
        }
      }
    } catch (IOException e) {
      return false; // timed out, reset, or closed meanwhile: close does the rest
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Instant plus(Instant now, long nanos) {
    return nanos == Long.MAX_VALUE ? Instant.MAX : now.plusNanos(nanos);
  }
}
