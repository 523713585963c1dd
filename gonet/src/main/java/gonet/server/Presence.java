package gonet.server;

import gonet.Conn;
import gonet.NetFailure;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose work ends when the client of a connection leaves. Told of that by the poller, once.
 *
 * <p>Everything is guarded by the monitor, which is held for a step of a list; so the interrupt of
 * a work comes before its end or not at all.
 */
final class Presence implements Runnable {
  private final List<Work> works = new ArrayList<>();
  private boolean gone;

  /** Of one thread. */
  static final class Work {
    private final Thread worker = Thread.currentThread();
    private boolean interrupted;
  }

  /** Listens to the socket beneath a connection; without one nobody ever tells. */
  static Presence of(Conn conn) throws IOException {
    Presence presence = new Presence();
    FD fd = conn.find(FD.class);
    if (fd != null) {
      try {
        fd.whenHungUp(presence);
      } catch (FDException e) {
        throw e.kind() == FDException.Kind.CLOSED
            ? NetFailure.closed("wait", conn, 0)
            : NetFailure.because("wait", conn, new IOException(e.call(), e));
      }
    }
    return presence;
  }

  /** The calling thread begins; it is interrupted now if the client has left already. */
  synchronized Work begin() {
    Work work = new Work();
    works.add(work);
    if (gone) {
      interrupt(work);
    }
    return work;
  }

  /** The calling thread has ended, and keeps no interrupt that was meant for its work. */
  synchronized void end(Work work) {
    works.remove(work);
    if (work.interrupted) {
      var _ = Thread.interrupted();
    }
  }

  @Override
  public synchronized void run() {
    gone = true;
    for (Work work : works) {
      interrupt(work);
    }
  }

  private static void interrupt(Work work) {
    work.interrupted = true;
    work.worker.interrupt();
  }
}
