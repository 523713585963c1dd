package gonet.server;

import java.util.Map;

/**
 * What a {@link Server} has done so far. A snapshot, made by {@link Server#stats}; immutable and
 * safe for any thread. {@link #accepted} is always {@link #open} + {@link #ended}.
 *
 * @since 0.1
 */
public final class ServerStats {
  private final ServerState state;
  private final int open;
  private final long accepted;
  private final long ended;
  private final Map<Drop.Reason, Long> dropped;
  private final long failed;
  private final long idle;
  private final long bytesRead;
  private final long bytesWritten;
  private final LatencyHistogram firstReads;
  private final LatencyHistogram firstWrites;

  ServerStats(
      ServerState state,
      int open,
      long accepted,
      long ended,
      Map<Drop.Reason, Long> dropped,
      long failed,
      long idle,
      long bytesRead,
      long bytesWritten,
      LatencyHistogram firstReads,
      LatencyHistogram firstWrites) {
    this.state = state;
    this.open = open;
    this.accepted = accepted;
    this.ended = ended;
    this.dropped = Map.copyOf(dropped);
    this.failed = failed;
    this.idle = idle;
    this.bytesRead = bytesRead;
    this.bytesWritten = bytesWritten;
    this.firstReads = firstReads;
    this.firstWrites = firstWrites;
  }

  /** Where it is in its life. */
  public ServerState state() {
    return state;
  }

  /** Connections open now, paused and idle ones included. */
  public int open() {
    return open;
  }

  /** Connections that were admitted, ever. */
  public long accepted() {
    return accepted;
  }

  /** Admitted connections that have ended. */
  public long ended() {
    return ended;
  }

  /** Connections that were not admitted, ever, by reason; every reason is there. Unmodifiable. */
  public Map<Drop.Reason, Long> dropped() {
    return dropped;
  }

  /**
   * Times that a handler threw something else than the end of its own connection: see {@link
   * ServerBuilder#onError}.
   */
  public long failed() {
    return failed;
  }

  /** Connections that {@link ServerBuilder#idleTimeout} ended. */
  public long idle() {
    return idle;
  }

  /** Bytes that handlers have read, from connections open and ended. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Bytes that the kernel has taken from handlers. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /** Since a connection was accepted until its handler had read its first bytes. */
  public LatencyHistogram firstReads() {
    return firstReads;
  }

  /** Since a connection was accepted until the kernel had taken the first bytes for it. */
  public LatencyHistogram firstWrites() {
    return firstWrites;
  }

  /** Every value by its name, in the order above. */
  @Override
  public String toString() {
    return "ServerStats[state "
        + state
        + ", open "
        + open
        + ", accepted "
        + accepted
        + ", ended "
        + ended
        + ", dropped "
        + dropped
        + ", failed "
        + failed
        + ", idle "
        + idle
        + ", bytesRead "
        + bytesRead
        + ", bytesWritten "
        + bytesWritten
        + ", firstReads "
        + firstReads
        + ", firstWrites "
        + firstWrites
        + "]";
  }
}
