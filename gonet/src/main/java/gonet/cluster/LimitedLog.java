package gonet.cluster;

import gonet.internal.time.LogLimit;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Warnings of one kind that another process can cause, or that a failure causes again and again: so
 * many in a minute, and the next one tells how many were left out. Thread-safe.
 */
final class LimitedLog {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  static final int LINES = 10;

  private final LogLimit limit = new LogLimit(LINES, TimeUnit.MINUTES.toNanos(1));

  void warn(String what) {
    warn(what, null);
  }

  void warn(String what, @Nullable Throwable why) {
    long leftOut = limit.admit();
    if (leftOut != LogLimit.SILENT) {
      String more = leftOut == 0 ? "" : ", after " + leftOut + " that were not logged";
      LOG.log(Level.WARNING, what + more, why);
    }
  }
}
