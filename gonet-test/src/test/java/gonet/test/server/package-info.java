/**
 * What {@link gonet.server.Server} promises: limits, filters, idle connections, isolation of
 * handlers, and its end.
 *
 * <p>Threads: each test has its own server and clients, and runs alone.
 *
 * <p>Read next: {@code ServerTest}, then {@code ServerShutdownTest}.
 */
@NullMarked
package gonet.test.server;

import org.jspecify.annotations.NullMarked;
