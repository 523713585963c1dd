/**
 * A listener for those who run a program: its numbers for a monitoring system, whether it is well,
 * its connections and threads, a flight recording, and a page that shows all this to people.
 *
 * <p>How the parts stand:
 *
 * <pre>
 *   Admin            the listener, a {@link gonet.server.Server} of its own; AdminBuilder
 *     Access           who may ask: the token, the Host, where a page came from
 *     AdminRequest     a head, read within limits
 *     AdminResponse    one answer, after which the connection ends
 *     Metrics          /metrics   the numbers, as OpenMetrics or Prometheus text
 *     Watched          the servers, by their names
 *     StatsReport      /stats     the same numbers for the page
 *     ConnReport       /conns     connections: filtered, sorted, closed
 *     ThreadReport     /threads   threads by where they wait
 *     RecordingReport  /recording a flight recording
 *   Json             writes JSON
 * </pre>
 *
 * <p>Threads: any, for all public types. A question runs on its own connection's virtual thread and
 * never on one that serves others.
 *
 * <p>Read next: {@link gonet.admin.Admin}, then {@code Access}.
 */
@NullMarked
package gonet.admin;

import org.jspecify.annotations.NullMarked;
