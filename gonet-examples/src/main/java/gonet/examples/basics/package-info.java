/**
 * One thing at a time, each in one small file with a {@code main}: what a newcomer reads first.
 * Begin with {@link gonet.examples.basics.ListenAcceptGo}, the server of the README.
 *
 * <pre>
 *   ListenAcceptGo   listen, accept, a virtual thread for each connection
 *   Client           dial, deadline, end of one direction
 *   HalfOpen         a whole request, its end, an answer
 *   ReadLine         lines, and what goes wrong with those that are read by hand
 *   IdleEcho         clients that are silent for too long
 *   PingPong         clients that are gone or hang
 *   KeepAliveWatch   what the kernel does about them meanwhile
 *   Shards           several listeners on one port
 *   GracefulStop     an end that interrupts no request
 * </pre>
 *
 * <p>Threads: one virtual thread for each connection, started by {@code gonet.Net} or by a {@code
 * gonet.server.Server}. Nothing here is shared between connections unless it says so.
 *
 * <p>Read next: the guide, docs/guide.md, which has a chapter for each.
 */
@NullMarked
package gonet.examples.basics;

import org.jspecify.annotations.NullMarked;
