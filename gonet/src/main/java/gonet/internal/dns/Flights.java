package gonet.internal.dns;

import gonet.internal.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Callers who ask the same thing at the same time share one lookup, on a thread of its own. Who
 * gives up leaves, and the lookup goes on for the others; when the last one has left it is
 * interrupted, and whoever comes later begins anew. It has as much time as the most patient caller.
 *
 * <p>The map and what it holds are guarded by the monitor, which is held for a step of a map and to
 * start a thread.
 *
 * @param <T> what a lookup finds
 */
public final class Flights<T> {
  /** A lookup that several callers wait for. */
  public interface Work<T> {
    /**
     * Runs it.
     *
     * @param until when the most patient caller gives up, by {@link Clock}
     */
    T run(LongSupplier until) throws Exception;
  }

  private static final class Flight<T> extends FutureTask<T> {
    final String key;
    final AtomicLong until;
    int waiters;

    Flight(String key, Work<T> work, AtomicLong until) {
      super(() -> work.run(until::get));
      this.key = key;
      this.until = until;
    }
  }

  private final ThreadFactory threads;
  private final Map<String, Flight<T>> flights = new HashMap<>();

  /** Its lookups run on such threads, which may be interrupted. */
  public Flights(ThreadFactory threads) {
    this.threads = threads;
  }

  /**
   * Returns what a lookup with this key finds, the caller's own or another's.
   *
   * @param until when the caller gives up; {@link Long#MAX_VALUE} for never
   * @throws ExecutionException with what the lookup threw, which several callers may get
   * @throws TimeoutException when the time is up
   */
  public T join(String key, long until, Work<T> work)
      throws InterruptedException, ExecutionException, TimeoutException {
    Flight<T> flight = enter(key, until, work);
    try {
      return flight.get(until - Clock.now(), TimeUnit.NANOSECONDS);
    } finally {
      leave(flight);
    }
  }

  private synchronized Flight<T> enter(String key, long until, Work<T> work) {
    Flight<T> flight = flights.get(key);
    // One that has ended is as good as none: its answer is older than this question.
    if (flight == null || flight.isDone()) {
      flight = new Flight<>(key, work, new AtomicLong(until));
      threads.newThread(flight).start();
      flights.put(key, flight);
    }
    flight.waiters++;
    flight.until.accumulateAndGet(until, Math::max);
    return flight;
  }

  private synchronized void leave(Flight<T> flight) {
    if (--flight.waiters == 0) {
      flights.remove(flight.key, flight);
      flight.cancel(true); // no effect on one that has ended
    }
  }

  /** For tests: how many callers wait. */
  public synchronized int waiting() {
    return flights.values().stream().mapToInt(flight -> flight.waiters).sum();
  }
}
