/**
 * The netpoller: a descriptor that threads use as if it blocked, and what parks and wakes them.
 *
 * <pre>
 *   FD          the loops: try a system call, wait, try again; close that waits for everybody
 *   FDMutex     references and the two locks, in one word
 *   PollDesc    the descriptor as the poller knows it: two slots, closing, sticky
 *   ParkSlot    one direction: the state machine between operation, poller, deadline and close
 *   AcceptLog   says that an accept pauses, for want of descriptors or memory
 *   Dropped     closes what a program forgot to close
 *   Splice      from one FD to another through a pipe of the kernel's; Pipes lends those
 *   Poller      who polls, on which thread: SharedLane, ThreadLane
 * </pre>
 *
 * <p>Errors leave as {@link gonet.internal.poll.FDException}, without wording. Addresses are
 * values; text that a log line needs comes from above, finished. What the operating system is, only
 * {@code gonet.internal.backend} knows.
 *
 * <p>Threads: everything public here may be called by any thread, platform or virtual. A call that
 * waits parks its thread; nothing here blocks a carrier. No lock is held while a thread waits for
 * the kernel, except the direction's own in {@code FDMutex}.
 *
 * <p>Read first: {@code ParkSlot}, then {@link gonet.internal.poll.FD}.
 */
@NullMarked
package gonet.internal.poll;

import org.jspecify.annotations.NullMarked;
