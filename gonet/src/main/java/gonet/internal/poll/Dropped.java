package gonet.internal.poll;

import gonet.internal.flight.Trace;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.LogLimit;
import gonet.internal.time.Persistent;
import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes what a program forgot to close, once nothing refers to it any more, and says so in the
 * log. A thread that waits in a call keeps the connection reachable, by its own stack.
 *
 * <p>Not the JDK's {@link Cleaner}: its thread starts with the first use of a class, which stays
 * broken if there is no thread to be had at that moment, and lasts as long as the class. This one
 * starts with the first object, ends when there has been none for a while, and starts again with
 * the next.
 *
 * <pre>
 *   no thread --- watch: an object is in the list ---> waits for the collector
 *       ^                                                   |
 *       +---- the list has been empty for a while ----------+
 * </pre>
 *
 * <p>Both steps are taken under the lock of the list, so an object that is in the list has a
 * thread, or had one refused: then the next object asks again.
 */
public final class Dropped {
  private static final System.Logger LOG = System.getLogger("gonet");

  /** What a listener is called. */
  public static final String LISTENER = "listener";

  /** What a socket is called that is no connection either; everything else is one. */
  public static final String SOCKET = "socket";

  static final String THREAD = "gonet-dropped";

  /** A program that forgets one connection forgets all of them. */
  private static final LogLimit LINES = new LogLimit(250, TimeUnit.MINUTES.toNanos(1));

  private static final Dropped ALL = new Dropped(Daemons.IDLE_NANOS);

  private final long idleNanos;
  private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
  private final Object lock = new Object();

  /** The list of all that are watched, the newest first. Guarded by {@link #lock}. */
  private @Nullable Watch first;

  /** Null when it has ended or was never started. Written under {@link #lock}. */
  private volatile @Nullable Thread thread;

  /** For tests that cannot wait for so long until an idle thread ends. */
  Dropped(long idleNanos) {
    this.idleNanos = idleNanos;
  }

  /**
   * Watches {@code owner}, which must be the only way to {@code fd}. After {@link FD#close}, {@code
   * clean} ends the watching without a word.
   *
   * @param addr a value that knows no way back to the owner; the line in the log shows it
   */
  public static Cleaner.Cleanable watch(Object owner, FD fd, String kind, Object addr) {
    return fd.desc.findsDropped() ? ALL.add(owner, fd, kind, addr) : new Unwatched();
  }

  private record Unwatched() implements Cleaner.Cleanable {
    @Override
    public void clean() {
      // There is nothing to forget.
    }
  }

  Cleaner.Cleanable add(Object owner, FD fd, String kind, Object addr) {
    Watch watch = new Watch(this, owner, fd, kind, addr);
    synchronized (lock) {
      Watch next = first;
      watch.next = next;
      if (next != null) {
        next.previous = watch;
      }
      first = watch;
      Thread running = thread;
      if (running == null || running.getState() == Thread.State.TERMINATED) {
        start();
      }
    }
    return watch;
  }

  /** A connection is not refused because nobody would find out that it was forgotten. */
  private void start() {
    try {
      Thread made = Daemons.unstarted(THREAD, new Persistent(this::loop));
      made.start();
      thread = made;
    } catch (Throwable t) {
      thread = null; // no thread to be had: the next one asks again
    }
  }

  /** For tests. */
  @Nullable Thread thread() {
    return thread;
  }

  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  private void loop() {
    long idleSince = Clock.NONE;
    while (thread == null || thread == Thread.currentThread()) {
      try {
        Reference<?> found = queue.remove(millis(idleNanos));
        if (found instanceof Watch watch) {
          watch.clean();
          idleSince = Clock.NONE;
        } else if (!isEmpty()) {
          idleSince = Clock.NONE;
        } else if (idleSince == Clock.NONE) {
          idleSince = Clock.now();
        } else if (Clock.now() - idleSince >= idleNanos && ended()) {
          return;
        }
      } catch (InterruptedException e) {
        // It means nothing here, and the status is clear again.
      } catch (Throwable t) {
        Poller.failed("cleaner", t);
      }
    }
  }

  private boolean isEmpty() {
    synchronized (lock) {
      return first == null;
    }
  }

  private boolean ended() {
    synchronized (lock) {
      if (first != null) {
        return false;
      }
      thread = null;
      return true;
    }
  }

  /** At least one: zero would be for ever. */
  private static long millis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** One that is watched. Holds no way back to the owner. */
  private static final class Watch extends PhantomReference<Object> implements Cleaner.Cleanable {
    private final Dropped all;
    private final FD fd;
    private final String kind;
    private final Object addr;

    // Guarded by the lock of the list. One that has left stands before itself.
    private @Nullable Watch next;
    private @Nullable Watch previous;

    Watch(Dropped all, Object owner, FD fd, String kind, Object addr) {
      super(owner, all.queue);
      this.all = all;
      this.fd = fd;
      this.kind = kind;
      this.addr = addr;
    }

    @Override
    public void clean() {
      if (left()) {
        clear();
        close();
      }
    }

    /** False if it has left before. */
    private boolean left() {
      synchronized (all.lock) {
        Watch before = previous;
        Watch after = next;
        if (this.equals(before)) {
          return false;
        }
        if (before == null) {
          all.first = after;
        } else {
          before.next = after;
        }
        if (after != null) {
          after.previous = before;
        }
        previous = this;
        next = null;
        return true;
      }
    }

    private void close() {
      if (fd.closeSoon()) { // one that lingers must not keep the others waiting
        String what = kind + " " + addr;
        Trace.dropped(fd.number(), !kind.equals(LISTENER) && !kind.equals(SOCKET), what);
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
