/**
 * Peers that are gone, silent or slow: how soon the kernel notices them ({@link
 * gonet.live.PeerLoss}), how a program asks them ({@link gonet.live.Heartbeat}), and how slow they
 * may be ({@link gonet.live.MinRate}). The last two are layers over any connection.
 *
 * <p>Uses the public API alone, and gonet's clock.
 *
 * <p>Threads: what configures is immutable; the connections promise what {@link gonet.Conn} does.
 *
 * <p>Read next: {@code Guarded}, on which both layers stand.
 */
@NullMarked
package gonet.live;

import org.jspecify.annotations.NullMarked;
