package gonet.server;

import java.time.Duration;

/**
 * How a {@link Server} ended: what {@link Server#shutdown} returns. Every connection that was open
 * when the shutdown began, or was taken from the kernel's queue after that, is counted once: {@link
 * #finished} + {@link #forced}. Immutable and safe for any thread.
 *
 * @since 0.1
 */
public final class ShutdownReport {
  private final Outcome outcome;
  private final int finished;
  private final int forced;
  private final int handlersLeft;
  private final Duration took;

  ShutdownReport(Outcome outcome, int finished, int forced, int handlersLeft, Duration took) {
    this.outcome = outcome;
    this.finished = finished;
    this.forced = forced;
    this.handlersLeft = handlersLeft;
    this.took = took;
  }

  /** Whether all connections ended by themselves. */
  public enum Outcome {
    /** They did. */
    GRACEFUL,
    /** At least one was closed by the server. */
    FORCED
  }

  /** Whether any connection had to be closed. */
  public Outcome outcome() {
    return outcome;
  }

  /** Connections that ended by themselves. */
  public int finished() {
    return finished;
  }

  /** Connections that the server closed because the time was over. */
  public int forced() {
    return forced;
  }

  /**
   * Handlers that had not returned when this report was made, although their connections were
   * closed and their threads interrupted.
   */
  public int handlersLeft() {
    return handlersLeft;
  }

  /** From the beginning of the shutdown to its end. */
  public Duration took() {
    return took;
  }

  /** Every value by its name, in the order above. */
  @Override
  public String toString() {
    return "ShutdownReport[outcome "
        + outcome
        + ", finished "
        + finished
        + ", forced "
        + forced
        + ", handlersLeft "
        + handlersLeft
        + ", took "
        + took
        + "]";
  }
}
