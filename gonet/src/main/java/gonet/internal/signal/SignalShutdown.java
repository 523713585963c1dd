package gonet.internal.signal;

import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Durations;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * One set of signal handlers for all servers and clusters of the process: the first SIGINT or
 * SIGTERM lets them drain, a second one ends them at once, a third ends the JVM.
 *
 * <p>A shutdown hook cannot give an orderly end the status 0, short of halting the JVM under the
 * other hooks, nor hear of a second signal. {@link Signals} can. Where the JVM has none, or runs
 * with {@code -Xrs}, a hook does what a hook can.
 */
public final class SignalShutdown {
  private static final System.Logger LOG = System.getLogger("gonet");

  /** A process that a signal ended has this plus the signal's number, say shells. */
  private static final int STATUS_OF_SIGNAL = 128;

  private static final long LAST_MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What a signal ends. Its methods are called by threads of gonet's that serve nobody else. */
  public interface Ending {

    /** Begins to end, or ends sooner if it has begun; does not wait. */
    void begin(Duration grace);

    /** Waits for the end and tells the program how it went; whether nothing had to be forced. */
    boolean await() throws InterruptedException;

    /**
     * Waits for the program's threads that have waited for the end.
     *
     * @param until when to wait no longer, a moment of {@link Clock}; asked again and again
     */
    void joinWaiters(LongSupplier until) throws InterruptedException;
  }

  private record Entry(Ending ending, Duration grace) {}

  private static final List<Entry> ENTRIES = new CopyOnWriteArrayList<>();
  private static final AtomicInteger SIGNALS = new AtomicInteger();

  /** Guarded by the class' monitor. */
  private static boolean installed;

  private SignalShutdown() {}

  /** Ends it by a signal from now on. */
  public static synchronized void add(Ending ending, Duration grace) {
    ENTRIES.add(new Entry(ending, grace));
    if (!installed) {
      try {
        Signals.handle("INT", SignalShutdown::received);
        Signals.handle("TERM", SignalShutdown::received);
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "no signal handlers, so a shutdown hook: " + e);
        Runtime.getRuntime()
            .addShutdownHook(Daemons.unstarted("gonet-shutdown", SignalShutdown::endAll));
      }
      installed = true; // not before: behind an Error the next one tries again
    }
  }

  /** Those have ended, and are nobody's business any more. */
  public static void forget(Predicate<? super Ending> ended) {
    ENTRIES.removeIf(entry -> ended.test(entry.ending));
  }

  /**
   * On a thread that the JVM makes for each signal, a daemon. The thread that decides about the
   * status is none: the program's main thread may return as soon as its server has ended, and must
   * not end the JVM with a status of its own before.
   */
  private static void received(int number) {
    int signals = SIGNALS.incrementAndGet();
    if (signals == 2) {
      endAtOnce(); // the first one's thread sees the end of it
      return;
    }
    if (signals > 2) { // the shutdown hooks, or somebody's code that holds them, take too long
      Runtime.getRuntime().halt(STATUS_OF_SIGNAL + number);
    }
    apart(() -> Runtime.getRuntime().exit(endAll() ? 0 : STATUS_OF_SIGNAL + number));
  }

  /**
   * Runs {@code end} on a thread that keeps the JVM alive. If there is none to be had, the signal
   * must end the process all the same: then on the JVM's own thread.
   */
  public static void apart(Runnable end) {
    Thread thread = Daemons.unstarted("server-signal", end);
    thread.setDaemon(false);
    try {
      Daemons.start(thread);
    } catch (OutOfMemoryError e) {
      LOG.log(Level.WARNING, "a signal is answered on the thread that brought it", e);
      end.run();
    }
  }

  private static void endAtOnce() {
    for (Entry entry : ENTRIES) {
      var _ = begin(new Entry(entry.ending, Duration.ZERO));
    }
  }

  /** False where there is not even a thread for it; the others may end all the same. */
  private static boolean begin(Entry entry) {
    try {
      entry.ending.begin(entry.grace);
      return true;
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "closing " + entry.ending, t);
      return false;
    }
  }

  /** Shuts all down at the same time and waits; whether all of them ended gracefully. */
  private static boolean endAll() {
    List<Entry> all = List.copyOf(ENTRIES); // those that end are forgotten meanwhile
    long begun = Clock.now();
    List<Entry> entries = all.stream().filter(SignalShutdown::begin).toList();
    boolean graceful = entries.size() == all.size();
    try {
      for (Entry entry : entries) {
        graceful &= entry.ending.await();
      }
      for (Entry entry : entries) {
        long graceEnds = Clock.plus(begun, Durations.nanos(entry.grace, "grace"));
        long until = Math.max(graceEnds, Clock.after(LAST_MOMENT_NANOS));
        entry.ending.joinWaiters(() -> SIGNALS.get() > 1 ? Clock.LONG_AGO : until);
      }
    } catch (InterruptedException e) {
      return false; // nobody interrupts this thread; if so, it is to end
    }
    return graceful;
  }
}
