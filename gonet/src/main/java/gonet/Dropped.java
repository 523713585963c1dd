package gonet;

import gonet.internal.poll.FD;
import java.lang.ref.Cleaner;

/**
 * Closes what a program forgot to close, once nothing refers to it any more, and says so in the
 * log. A thread that waits in a call keeps the connection reachable, by its own stack.
 */
final class Dropped {
  private static final System.Logger LOG = System.getLogger("gonet");
  private static final Cleaner CLEANER = Cleaner.create();

  private Dropped() {}

  /**
   * Watches {@code owner}, which must be the only way to {@code fd}. After {@link FD#close}, {@code
   * clean} ends the watching without a word.
   */
  static Cleaner.Cleanable watch(Object owner, FD fd, String kind, NetAddr addr) {
    return CLEANER.register(owner, new Closing(fd, kind, addr));
  }

  /** Holds no way back to the owner. */
  private record Closing(FD fd, String kind, NetAddr addr) implements Runnable {
    @Override
    public void run() {
      if (fd.closeSoon()) { // one that lingers must not keep the others waiting
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} {1} was dropped without close; closed it now",
            kind,
            addr);
      }
    }
  }
}
