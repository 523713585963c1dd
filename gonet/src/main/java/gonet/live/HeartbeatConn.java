package gonet.live;

import gonet.Conn;
import gonet.Net;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

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
  private long moment = Clock.NONE;
  private long silentSince;
  private int pings;

  HeartbeatConn(Conn conn, Heartbeat heartbeat) {
    super(conn);
    this.heartbeat = heartbeat;
  }

  @Override
  public void awaitReadable() throws IOException {
    var _ =
        guarded(
            c -> {
              c.awaitReadable();
              return 1;
            });
  }

  @Override
  synchronized long nextMoment(long now) {
    if (moment == Clock.NONE) {
      silentSince = now;
      moment = now + heartbeat.intervalNanos;
    } else if (moment <= now) {
      moment = now + LOOK_NANOS;
    }
    if (moment < 0) {
      moment = Long.MAX_VALUE;
    }
    return moment;
  }

  @Override
  synchronized void arrived(int bytes, long nanos) {
    moment = Clock.NONE;
    pings = 0;
  }

  @Override
  void waited(long nanos) {}

  @Override
  void momentCame(long now) throws IOException {
    Duration silence;
    synchronized (this) {
      if (moment == Clock.NONE || moment > now) {
        return; // another reader was here first
      }
      if (pings < heartbeat.maxMissed()) {
        pings++;
        moment = now + heartbeat.timeoutNanos;
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
