package gonet.internal.backend;

/**
 * A {@link Readiness} that one thread can poll while another sleeps on it without taking reports
 * away: what the shared lane needs, whose poller is a virtual thread and whose sleeper is not.
 *
 * <pre>
 *   poller (virtual):  poll(0) ... nothing ... armSleeper(), park
 *   sleeper (platform):            sleep() returns true, unpark(poller)
 * </pre>
 *
 * Arming looks at the level, not at an edge: if something is ready already, {@link #sleep} returns
 * at once. So no wake-up can be lost between the last empty poll and the arming.
 */
public interface Sleepable extends Readiness {

  /** Makes the next report, present or future, end one {@link #sleep}. */
  void armSleeper();

  /**
   * Waits until a report is there to be polled and the sleeper is armed, which disarms it. Called
   * by one platform thread only.
   *
   * @param timeoutNanos negative waits without limit; fractions of a millisecond are rounded up
   * @return true when something is ready, false after the timeout or an interruption by a signal
   */
  boolean sleep(long timeoutNanos);
}
