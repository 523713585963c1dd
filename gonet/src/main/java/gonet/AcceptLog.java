package gonet;

import gonet.internal.poll.AcceptTrouble;
import gonet.internal.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;

/**
 * Says in the log that a listener cannot accept, at most once in a while: a server that is out of
 * descriptors must not fill its disk as well.
 *
 * <p>Everything a line needs is loaded when the listener is made, because no class can be loaded
 * while there are no descriptors.
 */
final class AcceptLog implements AcceptTrouble {
  private static final System.Logger LOG = System.getLogger("gonet");
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Op op;

  /** Guarded by the listener's read lock, under which accept runs. */
  private long nextLine = Clock.LONG_AGO;

  AcceptLog(Op op) {
    this.op = op;
    OpErrors.initialize();
    loadTimeZones();
    LOG.log(System.Logger.Level.TRACE, "{0}: ready", op.text("accept"));
  }

  /** java.util.logging dates its lines, and the rules of time zones are in a file of their own. */
  private static void loadTimeZones() {
    var _ = ZoneId.systemDefault().getRules().getOffset(Instant.EPOCH);
  }

  @Override
  public void pausing(int errno, long pauseNanos) {
    long now = Clock.now();
    if (now >= nextLine) {
      nextLine = now + SILENCE_NANOS;
      try {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}; trying again in {1} ms, and silent about it for {2} s",
            op.text("accept4: " + ErrnoText.of(errno)),
            TimeUnit.NANOSECONDS.toMillis(pauseNanos),
            TimeUnit.NANOSECONDS.toSeconds(SILENCE_NANOS));
      } catch (Throwable ignored) {
        // A log that needs a file of its own, java.util.logging's first date for instance, fails
        // for
        // want of the same descriptors. That must not end the accept.
      }
    }
  }
}
