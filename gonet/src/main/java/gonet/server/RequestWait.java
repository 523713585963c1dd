package gonet.server;

import gonet.ConnLayer;
import gonet.internal.layer.ThreadlessWait;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.ReadWait;
import java.util.List;
import java.util.Objects;

/**
 * A connection that is served request by request: between two of them it waits in the park slot of
 * its descriptor, with neither thread nor buffer.
 *
 * <pre>
 *          whenReadable: armed                      readable(), by the poller
 *   +----------------------------> WAITING ------------------------------------+
 *   |                                 |  closed() by close, or                 |
 *   |                                 |  finish() by the shutdown              v
 *   |                                 +--------------> ENDED            a fresh virtual thread
 *   |                                                    ^                     |
 *   |          the handler threw, read nothing,          |                     v
 *   |          saw the end or closed, or must finish     |                  SERVING <-+
 *   +----------------------------------------------------+---------------------+      | bytes may
 *                                                                              +------+ be unread
 * </pre>
 *
 * <p>Exactly one of {@code readable}, {@code closed} and {@code finish} takes the wait out of the
 * slot, see {@code ParkSlot}; it alone goes on with the connection, and gives the read lock back
 * that the wait held. So no two handlers of one connection run at the same time. Whoever arms does
 * no more with the connection than try to take the wait out again: it may be served already.
 */
final class RequestWait extends IdleState implements ReadWait, Runnable {
  private final ServerConn conn;

  RequestWait(ServerConn conn) {
    this.conn = conn;
  }

  private FD fd() {
    return Objects.requireNonNull(conn.accepted().find(FD.class)); // the constructor's condition
  }

  /** A connection that came in: waits for its first request. */
  void begin(List<ConnLayer> layers) {
    try {
      if (!layers.isEmpty()) { // they may wait, and want a thread for that
        conn.server().thread(conn, () -> run(layers)).start();
      } else if (arm()) {
        conn.server().thread(conn, () -> run(layers)).start();
      }
    } catch (Throwable t) { // want of memory
      conn.server().endSoon(conn);
      throw t;
    }
  }

  /**
   * Waits without a thread.
   *
   * @return true if there is something to read now
   */
  private boolean arm() {
    conn.servedBy(null);
    conn.phase(ServerConn.Phase.WAITING);
    try {
      if (conn.heldBytes() == 0 && !hasSomething()) {
        if (conn.mustFinish()) {
          finish(); // the shutdown has perhaps asked just before this wait stood there
        }
        return false;
      }
      conn.phase(ServerConn.Phase.SERVING);
      return true;
    } catch (FDException closed) {
      end();
      return false;
    }
  }

  /** Whether there is something to read; if not, the connection waits from now on. */
  private boolean hasSomething() throws FDException {
    conn.rest();
    ThreadlessWait layer = conn.isLayered() ? conn.beneath().find(ThreadlessWait.class) : null;
    if (layer != null) {
      layer.waitBegins();
    }
    return fd().whenReadable(this);
  }

  private boolean finishes() {
    return conn.isFinishing() && conn.unreadBytes() == 0;
  }

  /**
   * In the carrier lane the scheduler itself calls this, between two tasks. So all it does is to
   * make a thread and to start it, as the scheduler's own users do all the time: each step was
   * taken before, when the accept loop was started, so that no class is left to load and no call to
   * link, for which it might wait for a thread that waits for it. The thread finds its name itself.
   * What fails is thrown: then the wait stands where it stood, and is told again.
   */
  @Override
  public void readable() {
    conn.phase(ServerConn.Phase.SERVING);
    boolean started = false;
    try {
      conn.server().unstarted("", this).start();
      started = true;
      // Nothing of the connection may be touched from here on.
    } finally {
      if (!started) {
        conn.phase(ServerConn.Phase.WAITING);
      }
    }
  }

  /** The thread that {@link #readable} starts. */
  @Override
  public void run() {
    fd().endWait(); // here, not in the poller: after a close it may destroy
    Thread.currentThread().setName(conn.server().threadName(conn));
    run(List.of());
  }

  @Override
  public void closed() {
    fd().endWait(); // not the last reference: close holds one
    if (conn.isLayered()) {
      endAside(false);
    } else {
      conn.server().endSoon(conn);
    }
  }

  /** Ends the connection if it waits; for a shutdown. */
  void finish() {
    int unread = conn.unreadBytes();
    if (unread > 0 || !fd().cancelWait(this)) {
      return; // it is being served, or is about to be
    }
    boolean look = unread == ServerConn.UNKNOWN && conn.server().hasTimeToFinish();
    if (look || conn.isLayered() || !conn.server().settings().lingerTime().isZero()) {
      endAside(look);
    } else {
      conn.server().endSoon(conn);
    }
  }

  /**
   * A graceful close waits for the client, a layer for its goodbye; others are served meanwhile.
   *
   * @param look whether a request may have arrived, which is served first
   */
  private void endAside(boolean look) {
    Server server = conn.server();
    server.registry().running(1);
    try {
      server
          .thread(
              conn,
              () -> {
                try {
                  if (look && conn.isReadable()) {
                    run(List.of());
                  } else {
                    end();
                  }
                } finally {
                  server.registry().running(-1);
                }
              })
          .start();
    } catch (Throwable t) { // want of memory
      server.registry().running(-1);
      server.endSoon(conn);
      throw t;
    }
  }

  private void end() {
    conn.server().end(conn);
  }

  /** Serves until nothing is left to read, on a thread of its own. */
  private void run(List<ConnLayer> layers) {
    Server server = conn.server();
    server.registry().running(1);
    try {
      conn.servedBy(Thread.currentThread());
      if (conn.isClosed()) {
        end(); // since the thread began: a server that is closed calls no handler
        return;
      }
      if (!server.prepare(conn, layers)) {
        end();
        return;
      }
      boolean more = layers.isEmpty() || arm();
      while (more) {
        conn.servedBy(Thread.currentThread()); // arm has said that there is none
        more = serveOne(server) && arm();
      }
    } catch (Throwable t) {
      server.log().failure("serving " + conn.id(), t);
      end();
    } finally {
      server.registry().running(-1);
    }
  }

  /** Calls the handler once; whether the connection goes on. */
  private boolean serveOne(Server server) {
    long before = conn.consumedBytes();
    conn.requestBegins();
    if (!server.handle(conn)) {
      end();
      return false;
    }
    boolean more = conn.heldBytes() > 0;
    if (conn.isClosed() || (!more && (conn.sawTheEnd() || finishes()))) {
      end();
      return false;
    }
    if (conn.consumedBytes() == before) {
      server.report(
          conn,
          new IllegalStateException(
              "the request handler returned without having read anything; closing " + conn));
      end();
      return false;
    }
    return true;
  }
}
