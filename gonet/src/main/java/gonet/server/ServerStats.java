package gonet.server;

import java.util.Map;

/**
 * What a {@link Server} has done so far; a snapshot. {@code accepted} is always {@code open +
 * ended}.
 *
 * @param state where it is in its life
 * @param open connections open now, paused and idle ones included
 * @param accepted connections that were admitted, ever
 * @param ended admitted connections that have ended
 * @param dropped connections that were not admitted, ever, by reason; every reason is there
 * @param failed times that a handler threw something else than the end of its own connection: see
 *     {@link ServerBuilder#onError}
 * @param idle connections that {@link ServerBuilder#idleTimeout} ended
 * @param bytesRead bytes that handlers have read, from connections open and ended
 * @param bytesWritten bytes that the kernel has taken from handlers
 */
public record ServerStats(
    ServerState state,
    int open,
    long accepted,
    long ended,
    Map<Drop.Reason, Long> dropped,
    long failed,
    long idle,
    long bytesRead,
    long bytesWritten) {

  /** Copies the map. */
  public ServerStats {
    dropped = Map.copyOf(dropped);
  }
}
