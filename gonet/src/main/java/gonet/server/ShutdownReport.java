package gonet.server;

import java.time.Duration;

/**
 * How a {@link Server} ended. Every connection that was open when the shutdown began, or was taken
 * from the kernel's queue after that, is counted once: {@code finished + forced}.
 *
 * @param outcome whether any connection had to be closed
 * @param finished connections that ended by themselves
 * @param forced connections that the server closed because the time was over
 * @param handlersLeft handlers that had not returned when this report was made, although their
 *     connections were closed and their threads interrupted
 * @param took from the beginning of the shutdown to its end
 */
public record ShutdownReport(
    Outcome outcome, int finished, int forced, int handlersLeft, Duration took) {

  /** Whether all connections ended by themselves. */
  public enum Outcome {
    /** They did. */
    GRACEFUL,
    /** At least one was closed by the server. */
    FORCED
  }
}
