package gonet.server;

import gonet.internal.time.Clock;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server says about failures: ten lines a second, with a count of those it kept to itself. A
 * log that fails as well, for want of memory for instance, changes nothing.
 */
final class ServerLog {
  private static final System.Logger LOG = System.getLogger("gonet.server");
  private static final int LINES_PER_SECOND = 10;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;

  // Guarded by the monitor of this object.
  private long second = Clock.LONG_AGO;
  private int lines;
  private long silent;

  ServerLog(String name) {
    this.name = name;
  }

  void failure(String where, Throwable t) {
    log(Level.ERROR, where, t);
  }

  void warning(String where, Throwable t) {
    log(Level.WARNING, where, t);
  }

  /** The same without the stack: what it says is all that there is to know. */
  void warningLine(String where, Throwable t) {
    log(Level.WARNING, where + ": " + t.getMessage(), null);
  }

  private void log(Level level, String where, @Nullable Throwable t) {
    try {
      String kept = admit();
      if (kept != null) {
        LOG.log(level, name + ": failure " + where + kept, t);
      }
    } catch (Throwable ignored) {
      // Nobody is left to tell.
    }
  }

  void debug(String where, Throwable t) {
    try {
      LOG.log(Level.DEBUG, () -> name + ": " + where + ": " + t);
    } catch (Throwable ignored) {
      // As above.
    }
  }

  /** Null when the line is one too many, otherwise what to add to it. */
  private synchronized @Nullable String admit() {
    long now = Clock.now();
    if (now - second >= SECOND_NANOS) {
      second = now;
      lines = 0;
    }
    if (lines == LINES_PER_SECOND) {
      silent++;
      return null;
    }
    lines++;
    String kept = silent == 0 ? "" : " (and " + silent + " failures before it, not logged)";
    silent = 0;
    return kept;
  }
}
