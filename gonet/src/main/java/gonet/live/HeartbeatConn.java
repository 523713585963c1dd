package gonet.live;

import gonet.Conn;
import gonet.Net;
import gonet.TimeLimit;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection under a {@link Heartbeat}. Its state outlives a read, because a caller with a short
 * read timeout of its own would otherwise begin the silence anew each time.
 */
final class HeartbeatConn extends GuardedReads {

  /** What arrived while nobody read is found within this, before anything is held against it. */
  private static final long LOOK_NANOS = 10_000_000;

  private final Heartbeat heartbeat;
  private final AtomicBoolean pinging = new AtomicBoolean();

  // Guarded by the monitor of this object.

  /** When to ask, or to give up; {@link Clock#NONE} while nothing is held against the peer. */
  private long moment = Clock.NONE;

  private long silentSince;
  private int pings;

  HeartbeatConn(Conn conn, Heartbeat heartbeat) {
    super(conn);
    this.heartbeat = heartbeat;
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    var _ =
        guarded(
            limit,
            (before, bound) -> {
              beneath().awaitReadable(bound);
              return 1;
            });
  }

  // ---- the guard -------------------------------------------------------------------------------

  @Override
  public synchronized TimeLimit nextMoment() {
    long now = Clock.now();
    if (moment == Clock.NONE) {
      silentSince = now;
      moment = Clock.after(heartbeat.intervalNanos);
    } else if (moment <= now) {
      moment = now + LOOK_NANOS;
    }
    return TimeLimit.after(Duration.ofNanos(moment - now));
  }

  @Override
  public synchronized void done(int bytes, long nanos) {
    moment = Clock.NONE;
    pings = 0;
  }

  @Override
  public void waited(long nanos) {}

  @Override
  public void momentCame(int bytes, long before) throws IOException {
    Duration silence;
    synchronized (this) {
      long now = Clock.now();
      if (moment == Clock.NONE || moment > now) {
        return; // another reader was here first
      }
      if (pings < heartbeat.maxMissed()) {
        pings++;
        moment = Clock.after(heartbeat.timeoutNanos);
        sendPing();
        return;
      }
      silence = Duration.ofNanos(now - silentSince);
    }
    PeerLostException lost = new PeerLostException(this, heartbeat.maxMissed(), silence);
    beneath().abort(); // writers that wait for the same peer have to hear of it
    throw lost;
  }

  private void sendPing() {
    if (pinging.compareAndSet(false, true)) {
      try {
        Net.go(
            "gonet-ping " + beneath(),
            () -> {
              try {
                heartbeat.ping().send(beneath());
              } finally {
                pinging.set(false);
              }
            });
      } catch (Throwable t) { // no memory for a thread
        pinging.set(false);
        throw t;
      }
    }
  }
}
