package gonet.server;

import gonet.TcpConn;
import gonet.TcpInfo;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends idle connections. A thread of its own looks at all connections once in a sixteenth of the
 * limit and compares what they have transferred with the last time, so that reads and writes say
 * nothing to anybody. What it notices is late by up to one round and never early; a second round
 * may pass until the end.
 *
 * <p>A platform thread: it must run when handlers hold every carrier.
 */
final class IdleWatch {
  private static final int ROUNDS = 16;
  private static final long SHORTEST_ROUND_NANOS = 500_000;

  private final Server server;
  private final long limitNanos;
  private final Thread thread;
  private volatile boolean stopped;

  IdleWatch(Server server) {
    this.server = server;
    this.limitNanos = server.settings().idleNanos();
    this.thread = server.daemon(server.name() + "-idle", this::loop);
  }

  void start() {
    Daemons.start(thread);
  }

  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void loop() {
    long round = Math.max(limitNanos / ROUNDS, SHORTEST_ROUND_NANOS);
    while (!stopped) {
      try {
        long next = Clock.after(round);
        for (long left = round; left > 0 && !stopped; left = next - Clock.now()) {
          LockSupport.parkNanos(this, left);
        }
        look(Clock.now());
      } catch (Throwable t) {
        server.log().failure("looking for idle connections", t);
      }
    }
  }

  /** One round, at that moment of the clock. */
  void look(long now) {
    List<ServerConn> quiet = new ArrayList<>();
    server
        .registry()
        .forEach(
            conn -> {
              if (isQuiet(conn, now)) {
                quiet.add(conn);
              }
            });
    for (ServerConn conn : quiet) {
      try {
        judge(conn, now);
      } catch (Throwable t) { // of a layer: the others are judged too
        server.log().failure("looking at " + conn, t);
      }
    }
  }

  /** Whether there is something to ask or to do. Must not wait: the registry is locked. */
  private boolean isQuiet(ServerConn conn, long now) {
    IdleState idle = conn.idle;
    int activity = (int) conn.activity();
    if (activity != idle.activity || conn.isBusy()) {
      idle.activity = activity;
      idle.since = now;
      idle.acked = IdleState.NOT_ASKED;
      conn.toldOfIdleness = false;
      return false;
    }
    return idle.acked == IdleState.NOT_ASKED || now - idle.since >= limitNanos;
  }

  private void judge(ServerConn conn, long now) {
    IdleState idle = conn.idle;
    boolean over = now - idle.since >= limitNanos;
    TcpInfo info = info(conn);
    int acked = info == null ? 0 : (int) info.bytesAcked() & Integer.MAX_VALUE;
    if (info != null && idle.acked != IdleState.NOT_ASKED && acked != idle.acked) {
      // The last acknowledgement may be that of a probe, but there was one of bytes as well.
      idle.since = Math.max(idle.since, now - info.sinceLastAckReceived().toNanos());
      over = now - idle.since >= limitNanos;
      conn.toldOfIdleness = false;
    }
    idle.acked = acked;
    if (over) {
      end(conn, now);
    }
  }

  /** Null where the system does not tell. */
  private static @Nullable TcpInfo info(ServerConn conn) {
    TcpConn tcp = conn.find(TcpConn.class);
    if (tcp != null) {
      try {
        return tcp.info();
      } catch (IOException | UnsupportedOperationException e) {
        return null;
      }
    }
    return null;
  }

  private void end(ServerConn conn, long now) {
    boolean first = !conn.toldOfIdleness;
    conn.toldOfIdleness = true;
    if (first) {
      server.registry().countIdle();
    }
    boolean somebodyToTell = conn.phase() != ServerConn.Phase.WAITING;
    if (first && somebodyToTell && server.settings().idleAction() == IdleAction.TIME_OUT) {
      conn.idle.since = now;
      try {
        // Writing first: a handler that waits in a read, as most do, goes on with the second, and
        // what it then sets itself comes after both.
        conn.setWriteDeadline(Instant.EPOCH);
        conn.setReadDeadline(Instant.EPOCH);
      } catch (IOException closed) {
        // So it needs no telling.
      }
    } else {
      conn.closeSoon();
    }
  }
}
