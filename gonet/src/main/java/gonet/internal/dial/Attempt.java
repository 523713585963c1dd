package gonet.internal.dial;

import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a {@link DialRace} is waiting for, so that the other side's thread can end the
 * wait. An interrupt would do for a thread of gonet's own; the caller's thread is not gonet's to
 * interrupt, since the status might outlast the dial.
 *
 * <p>Fields are guarded by the monitor, held for a few steps. {@link #end} and {@link #connecting}
 * exclude each other: whichever comes second sees what the first has left.
 */
public final class Attempt {
  private @Nullable FD fd;
  private boolean ended;

  /** The thread is about to wait for this descriptor; in vain, if the attempt has been ended. */
  public synchronized void connecting(FD connecting) {
    fd = connecting;
    if (ended) {
      stop(connecting);
    }
  }

  /** The wait is over, well or badly. The descriptor belongs to its connection alone again. */
  public synchronized void connected() {
    fd = null;
  }

  /** Ends the wait under way, if there is one, and every later one. */
  synchronized void end() {
    ended = true;
    if (fd != null) {
      stop(fd);
    }
  }

  /** Whether somebody has ended it. */
  public synchronized boolean ended() {
    return ended;
  }

  /** A deadline in the past ends the wait; a connection that it touches is lost to this side. */
  private static void stop(FD fd) {
    try {
      fd.writeDeadline(Clock.LONG_AGO);
    } catch (FDException e) {
      // Closed: nobody waits for it.
    }
  }
}
