/**
 * System calls: the only package that imports {@code java.lang.foreign}.
 *
 * <pre>
 *   Transfer   Gather                recv, send: critical downcalls into the caller's own memory
 *   SocketCalls    SocketQueries     open, name, close; ask and set
 *   EpollCalls     EventBuffer       register; wait
 *   SpliceCalls                      pipes, and bytes that pass through them
 *        |
 *   SockAddr  TcpInfo  EpollLayout   structs to values and back, for each architecture
 *        |
 *      Scratch                       native memory that a plain call borrows
 *        |
 *       Libc -- Link                 one function per call; method handles, linked on first use
 * </pre>
 *
 * <p>Every call answers with its result or with a negated {@link gonet.internal.backend.Errno}; the
 * few whose result may itself be negative throw {@link gonet.internal.backend.SyscallException}.
 * Nothing retries EINTR, and nothing waits, with the one exception of {@link
 * gonet.internal.sys.EventBuffer#await}.
 *
 * <p>Two kinds of downcall. <b>Critical</b> ones stay in the Java state: they cost no transition
 * and may touch heap arrays, but a garbage collection waits for them, so a blocking one would
 * freeze the whole VM. They are kept for calls that cannot block whatever another process does to
 * the open file description: {@code recv} and {@code send} with MSG_DONTWAIT and at most {@link
 * gonet.internal.sys.Transfer#MAX_RECEIVE} and {@link gonet.internal.sys.Transfer#MAX_SEND} bytes,
 * {@code epoll_wait} with a timeout of zero, {@code read} of a pipe of gonet's own. All others are
 * plain.
 *
 * <p>Threads: all methods are static and safe for any thread. errno is captured by the call itself:
 * critical ones write it to a slot of the caller's, plain ones to the {@code Scratch} they
 * borrowed. No thread-locals, so a virtual thread may move between any two instructions.
 *
 * <p>No class here does native work in its initialiser except the holders in {@code Libc}, each of
 * which links one function when that function is first called.
 *
 * <p>Read next: {@code Libc}, then {@link gonet.internal.sys.Transfer}; above it, {@code
 * gonet.internal.epoll}.
 */
@NullMarked
package gonet.internal.sys;

import org.jspecify.annotations.NullMarked;
