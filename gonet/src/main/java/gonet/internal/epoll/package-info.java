/**
 * The backend for Linux: sockets through {@code gonet.internal.sys}, readiness through epoll(7).
 *
 * <pre>
 *   EpollBackend -> EpollSockets -> EpollDescriptor          one per socket
 *                                -> EpollPipe                for bytes from socket to socket
 *                -> EpollReadiness -> RegistrationTable      one per poller
 * </pre>
 *
 * <p>A descriptor enters the epoll instance once, edge-triggered and for both directions, and
 * leaves before it is closed, so {@link gonet.internal.backend.Readiness#arm} has nothing to do.
 * Two epoll instances stand one inside the other: the inner one holds the sockets and is polled
 * without waiting, the outer one holds the inner one and is where a thread sleeps. Sleeping there
 * takes no event away from whoever polls.
 *
 * <p>Threads: {@code EpollDescriptor} is guarded by the locks of the layer above, as its contract
 * says; {@code EpollReadiness} may be called by any thread, and {@code sleep} by one at a time.
 *
 * <p>Read next: {@link gonet.internal.epoll.EpollReadiness}.
 */
@NullMarked
package gonet.internal.epoll;

import org.jspecify.annotations.NullMarked;
