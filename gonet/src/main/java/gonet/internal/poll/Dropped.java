package gonet.internal.poll;

import gonet.internal.flight.Trace;
import gonet.internal.time.LogLimit;
import java.lang.ref.Cleaner;
import java.util.concurrent.TimeUnit;

/**
 * Closes what a program forgot to close, once nothing refers to it any more, and says so in the
 * log. A thread that waits in a call keeps the connection reachable, by its own stack.
 */
public final class Dropped {
  private static final System.Logger LOG = System.getLogger("gonet");

  /** What a listener is called; everything else is a connection. */
  public static final String LISTENER = "listener";

  /** A program that forgets one connection forgets all of them. */
  private static final LogLimit LINES = new LogLimit(250, TimeUnit.MINUTES.toNanos(1));

  private static final Cleaner CLEANER = Cleaner.create();

  private Dropped() {}

  /**
   * Watches {@code owner}, which must be the only way to {@code fd}. After {@link FD#close}, {@code
   * clean} ends the watching without a word.
   *
   * @param addr a value that knows no way back to the owner; the line in the log shows it
   */
  public static Cleaner.Cleanable watch(Object owner, FD fd, String kind, Object addr) {
    return CLEANER.register(owner, new Closing(fd, kind, addr));
  }

  /** Holds no way back to the owner. */
  private record Closing(FD fd, String kind, Object addr) implements Runnable {
    @Override
    public void run() {
      if (fd.closeSoon()) { // one that lingers must not keep the others waiting
        String what = kind + " " + addr;
        Trace.dropped(fd.number(), !kind.equals(LISTENER), what);
        long leftOut = LINES.admit();
        if (leftOut != LogLimit.SILENT) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} was dropped without close; closed it now{1}",
              what,
              leftOut == 0 ? "" : ", as " + leftOut + " others that were not logged");
        }
      }
    }
  }
}
