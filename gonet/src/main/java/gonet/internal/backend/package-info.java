/**
 * What a backend owes to the descriptor layer: two small contracts, and the words they share.
 *
 * <ul>
 *   <li><b>Sockets</b> ({@link gonet.internal.backend.Sockets}, {@link
 *       gonet.internal.backend.Descriptor}): open, bind, listen, accept, connect, receive, send,
 *       gather, splice through a {@link gonet.internal.backend.KernelPipe}, shut down, options,
 *       close. No call ever blocks.
 *   <li><b>Readiness</b> ({@link gonet.internal.backend.Readiness}): register a descriptor once,
 *       learn that it became readable or writable, be woken.
 * </ul>
 *
 * <pre>
 *   gonet.internal.poll          FD, PollDesc, Poller: policy, knows only this package
 *            |  calls
 *            v
 *   gonet.internal.backend       the contract (this package)
 *            ^  implement
 *            |
 *   gonet.internal.epoll         Linux, through gonet.internal.sys
 *   gonet.internal.nio           everywhere else, through java.nio.channels
 * </pre>
 *
 * <p>Errors travel as the kernel tells them. Calls on the data path return a count, or a negated
 * errno, so that no object is made for the most frequent answer of all, EAGAIN. Calls made once per
 * descriptor throw {@link gonet.internal.backend.SyscallException}. The numbers are Linux' own
 * ({@link gonet.internal.backend.Errno}); a backend over another API translates into them. {@link
 * gonet.internal.backend.ErrnoText} has strerror(3)'s words for them. Nobody down here knows the
 * wording of a message around those, or the spelling of an address.
 *
 * <p>Threads: a {@code Descriptor} is used by one reading and one writing thread at a time, which
 * the layer above guarantees by its lock; a {@code Readiness} says for each method who may call it.
 *
 * <p>Read next: {@code gonet.internal.poll}.
 */
@NullMarked
package gonet.internal.backend;

import org.jspecify.annotations.NullMarked;
