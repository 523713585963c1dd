package gonet.internal.poll;

import gonet.internal.backend.Errno;
import gonet.internal.backend.ErrnoText;
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
public final class AcceptLog implements AcceptTrouble {
  private static final System.Logger LOG = System.getLogger("gonet");
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String accept;

  /** Guarded by the listener's read lock, under which accept runs. */
  private long nextLine = Clock.LONG_AGO;

  /** A log that begins its lines with {@code accept}: the operation, the network, the address. */
  public AcceptLog(String accept) {
    this.accept = accept;
    var _ = ErrnoText.of(Errno.EMFILE);
    loadTimeZones();
    LOG.log(System.Logger.Level.TRACE, "{0}: ready", accept);
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
            "{0}: accept4: {1}; trying again in {2} ms, and silent about it for {3} s",
            accept,
            ErrnoText.of(errno),
            TimeUnit.NANOSECONDS.toMillis(pauseNanos),
            TimeUnit.NANOSECONDS.toSeconds(SILENCE_NANOS));
      } catch (Throwable ignored) {
        // A log that needs a file of its own fails for want of the same descriptors. That must not
        // end the accept.
      }
    }
  }
}
