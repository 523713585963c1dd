/**
 * The portable backend: non-blocking {@link java.nio.channels.SocketChannel}s and one {@link
 * java.nio.channels.Selector}. It serves every system without epoll and every JVM that denies
 * native access, and keeps the same contract as the epoll backend.
 *
 * <pre>
 *   NioBackend ── NioSockets ─┬── NioUdpDescriptor
 *        │                    └── NioDescriptor ── NioSettings, NioOptions, NioAddresses, NioErrors
 *        └─────── NioReadiness ── NioRegistration (one key), NioDeparture (one closer that waits)
 * </pre>
 *
 * <p>Channels hide the socket behind a class that decides more than the kernel does. What follows
 * from that, and cannot be repaired from here:
 *
 * <ul>
 *   <li>IPV6_V6ONLY cannot be expressed. An {@code INET6_ONLY} listener on {@code [::]} therefore
 *       occupies the port for IPv4 too; it closes each IPv4 peer as soon as it has accepted it. An
 *       {@code INET6_ONLY} socket refuses to bind to or connect to an IPv4 address.
 *   <li>After {@code shutdownRead} a read answers end of stream at once, also when bytes were
 *       queued before.
 *   <li>A failed connect has closed the channel already; only {@code close} makes sense after it.
 *   <li>A datagram channel tells nothing of a datagram but its bytes and its sender, and sends no
 *       empty one once it is connected.
 *   <li>errno is lost. {@link gonet.internal.nio.NioErrors} reads it back from type and text.
 *   <li>Options without a name in the JDK, TCP_INFO and the queue lengths answer ENOPROTOOPT.
 * </ul>
 *
 * <p>Threads: the selector belongs to the one thread that polls. Everybody else only changes
 * interest, cancels keys and wakes it, none of which waits for a select in progress; a closer alone
 * waits, until its key has been dropped, because the JDK keeps the socket open until then. The
 * thread's interrupt status means nothing to a non-blocking channel, so nothing here closes a
 * connection because of it.
 *
 * <p>Read next: {@link gonet.internal.nio.NioReadiness}, then {@link
 * gonet.internal.nio.NioDescriptor}.
 */
@NullMarked
package gonet.internal.nio;

import org.jspecify.annotations.NullMarked;
