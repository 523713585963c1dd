package gonet.admin;

import gonet.NetAddr;
import gonet.server.Server;
import java.time.Duration;

/**
 * A listener for those who run a program. It answers requests of HTTP:
 *
 * <pre>
 *   GET  /                      a page for people: charts, connections
 *   GET  /metrics               numbers for a monitoring system, as OpenMetrics, or as text of
 *                               Prometheus for one that does not ask for OpenMetrics
 *   GET  /health                200 while the program can answer
 *   GET  /ready                 200 while all servers run and the program agrees; else 503
 *   GET  /stats                 numbers as JSON
 *   GET  /conns                 connections as JSON, or as lines with format=text; server=NAME,
 *                               phase=PHASE, peer=PREFIX filter, sort=age|read|written|id and
 *                               limit=N (100 unless told otherwise) order them
 *   POST /conns/close           server=NAME and id=N: resets that connection
 *   GET  /threads               threads by where they wait, the most first
 *   POST /recording             a flight recording of seconds=N
 * </pre>
 *
 * <p><b>Who may ask.</b> Without a token, only programs of this machine: the listener has to be at
 * a loopback address or a Unix path, and a request must name the machine by an address or as {@code
 * localhost}, so that a page from elsewhere cannot ask by a name that it has bent to here. With a
 * token every request has to carry it, as {@code Authorization: Bearer TOKEN} or as the password of
 * Basic. What changes something is a POST. What a page from elsewhere asks for is refused (403), as
 * browsers tell it by {@code Origin} and {@code Sec-Fetch-Site}; the page at {@code /} alone opens
 * by a link from anywhere. A token in plain HTTP can be read on its way: beyond this machine let
 * the listener be one of TLS.
 *
 * <p>Each connection carries one request, whose head has five seconds and 8 KiB. At most 64 are
 * served at a time. If one more comes, one that has its answer already and stays is reset, or the
 * one that has waited longest for its head, so that clients that say nothing and clients that are
 * refused keep no probe from its answer; the new one is, if all others are being served.
 *
 * <p>All threads are shown to one client at a time (409 to others), by a platform thread: with many
 * virtual threads that takes seconds and a processor, while the program goes on.
 *
 * <p>Threads: any. Nothing here blocks but {@link #close}, which waits a moment for answers under
 * way. Go: {@code expvar} and {@code net/http/pprof}, behind a door.
 *
 * @since 0.1
 */
public final class Admin implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Server server;

  Admin(Server server) {
    this.server = server;
  }

  /** Begins to say how the listener is to be. */
  public static AdminBuilder builder() {
    return new AdminBuilder();
  }

  /** Where it listens. */
  public NetAddr addr() {
    return server.addr();
  }

  /**
   * Ends it. Requests under way have a second to get their answers; a flight recording is cut off
   * then. Again: no effect.
   */
  @Override
  public void close() {
    try {
      var _ = server.shutdown(GRACE);
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
    }
  }

  /** What it is and where it listens. */
  @Override
  public String toString() {
    return "admin " + addr();
  }
}
