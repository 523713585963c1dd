/**
 * Deadlines: a monotonic clock, a heap of timers and the one thread that fires them.
 *
 * <p>A server sets a deadline before every read, so arming must be rare: whoever owns a timer keeps
 * its deadline in a field of its own and arms only when somebody really waits and the timer is not
 * armed for an earlier moment already. A timer that fires too early says when it wants to be asked
 * again. So a connection costs at most one heap operation for each time its deadline has truly
 * passed, however often it was moved.
 *
 * <p>Threads: any thread may arm and disarm; {@link gonet.internal.time.Timer#fire} runs on the
 * timer thread, a daemon that starts with the first timer.
 *
 * <p>This package uses nothing of gonet. Read next: {@code gonet.internal.poll.ParkSlot}, the only
 * timer there is.
 */
@NullMarked
package gonet.internal.time;

import org.jspecify.annotations.NullMarked;
