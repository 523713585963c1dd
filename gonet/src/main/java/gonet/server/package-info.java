/**
 * What stands between listeners and an application: accepts, limits, filters, watches, counts, and
 * ends in an orderly way.
 *
 * <pre>
 *   ServerBuilder    how to serve                  Server           the whole, for its users
 *   AcceptLoop       from a listener               ServerRegistry   who is there, and may be
 *   ServerConn       one connection                RequestWait      one that waits without a thread
 *   IdleWatch        ends idle ones                ServerShutdown   the end, step by step
 * </pre>
 *
 * <p>Stands above {@link gonet} and uses its public API; of the internals only what {@code
 * gonet.internal.layer} offers, the descriptor's waits without a thread, and the clock.
 *
 * <p>Threads: everything public is safe for any thread but {@link gonet.server.ServerBuilder}.
 *
 * <p>Read first: {@link gonet.server.Server}, then {@code ServerConn}.
 */
@NullMarked
package gonet.server;

import org.jspecify.annotations.NullMarked;
