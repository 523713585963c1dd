package gonet.internal.lookup;

import gonet.netip.Addr;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs lookups on platform threads, one at a time per host: callers who ask for a host while its
 * lookup runs wait for the same one. A caller who gives up leaves the others waiting; once all have
 * left, the lookup is forgotten, so that the next caller does not join one that is stuck (Go:
 * {@code singleflight} with {@code ForgetUnshared}).
 */
public final class LookupGroup {
  /** Names are rarely looked up in masses, and each thread is blocked in a system call. */
  private static final int MAX_THREADS = 64;

  private static final long KEEP_ALIVE_SECONDS = 10;

  /** The lookup itself; may block and is never interrupted. */
  public interface Query {
    /** Returns the host's addresses. */
    List<Addr> lookup(String host) throws IOException;
  }

  /** One lookup under way and how many callers wait for it. */
  private static final class Flight extends FutureTask<List<Addr>> {
    /** Guarded by the group. */
    int waiters;

    Flight(Query query, String host) {
      super(() -> query.lookup(host));
    }
  }

  /** Created with the first lookup, as most programs that only listen make none. */
  private static final class Threads {
    static final ExecutorService POOL = pool();

    private static ExecutorService pool() {
      ThreadFactory daemons =
          Thread.ofPlatform()
              .name("gonet-lookup-", 0)
              .daemon()
              .inheritInheritableThreadLocals(false)
              .factory();
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              MAX_THREADS,
              MAX_THREADS,
              KEEP_ALIVE_SECONDS,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              task -> {
                Thread thread = daemons.newThread(task);
                thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
                return thread;
              });
      pool.allowCoreThreadTimeOut(true);
      return pool;
    }
  }

  private final Query query;

  /** Guarded by this. */
  private final Map<String, Flight> flights = new HashMap<>();

  /** A group of its own, for one way to look up. */
  public LookupGroup(Query query) {
    this.query = query;
  }

  /**
   * Returns the host's addresses, found by a lookup of this caller's or of another's.
   *
   * @param timeoutNanos above zero
   * @throws ExecutionException with what the lookup threw, which several callers may get
   * @throws TimeoutException when the time is up; the lookup goes on
   */
  public List<Addr> lookup(String host, long timeoutNanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    Flight flight = join(host);
    try {
      return flight.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } finally {
      leave(host, flight);
    }
  }

  private synchronized Flight join(String host) {
    Flight flight = flights.get(host);
    // One that has ended is as good as none: its answer is older than this question.
    if (flight == null || flight.isDone()) {
      flight = new Flight(query, host);
      Threads.POOL.execute(flight);
      flights.put(host, flight);
    }
    flight.waiters++;
    return flight;
  }

  private synchronized void leave(String host, Flight flight) {
    if (--flight.waiters == 0) {
      flights.remove(host, flight);
    }
  }

  /** How many callers wait, for whatever host. */
  public synchronized int waiting() {
    return flights.values().stream().mapToInt(flight -> flight.waiters).sum();
  }
}
