package gonet.internal.lookup;

import gonet.internal.time.Daemons;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs lookups on platform threads. A lookup blocks its thread in a system call that nothing ends
 * early, for half a minute where a name server is silent; so the rules are made for names that are
 * stuck:
 *
 * <ul>
 *   <li><b>One thread for a host.</b> Callers who ask for a host while its lookup runs wait for the
 *       same one, also when those before them have given up: {@code InetAddress} would make a
 *       second thread wait for the first one anyway. (Go forgets such a lookup, {@code
 *       ForgetUnshared}, because its own resolver asks anew.)
 *   <li><b>A thread for each host at once</b>, up to a bound, so that a stuck name delays nobody.
 *       Such a thread costs a stack and nothing else, and 64 of them were too few: 64 dead names
 *       made everybody wait. Go's bound is 500.
 *   <li><b>A reserve.</b> The last threads are for names that had an answer before. A program that
 *       floods the group with dead names, a crawler or a proxy, takes all the others, but what the
 *       program did before goes on: a name that had an answer is hardly ever stuck.
 *   <li><b>The newest first</b>, where all threads are taken. In a queue, a burst of dead names
 *       would stand before all that come later; like this they wait for each other. Whoever has
 *       waited long is about to give up anyway.
 *   <li><b>Nobody waits in the queue for ever</b>: a caller without a limit gives up, too.
 * </ul>
 *
 * <pre>
 *   join: new host ----- a thread is free -------------> runs ---> ended, leaves the map
 *            |                                            ^  (waiters may come and go)
 *            +---- none is --> waits in its set ----------+
 *                                 |      a thread has ended another one
 *                                 +--> removed when its last waiter leaves
 * </pre>
 *
 * <p>Fields are guarded by the monitor of the group, which is held for a few steps of a map and to
 * start a thread, never while a lookup runs.
 */
public final class LookupGroup {
  /** How many lookups run at once, and how many of these threads are the reserve. */
  public static final int MAX_THREADS = 256;

  static final int RESERVED = 32;

  /** Longer than any thread that is not stuck needs to be free again. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How many names with an answer are remembered: those asked for last. */
  private static final int MAX_ANSWERED = 1024;

  private static final long KEEP_ALIVE_NANOS =
      Math.min(TimeUnit.SECONDS.toNanos(10), Daemons.IDLE_NANOS);

  /** The lookup itself; may block and is never interrupted. */
  public interface Query {
    /** Returns the host's addresses. */
    List<Addr> lookup(String host) throws IOException;
  }

  /** A lookup got no thread: none can be started, or its caller would wait on for one. */
  public static final class NoThreadException extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    NoThreadException(String message) {
      super(message);
    }
  }

  private record Asking(Query query, String host) implements Callable<List<Addr>> {
    @Override
    public List<Addr> call() throws IOException {
      return query.lookup(host);
    }
  }

  /** One lookup and how many callers wait for it. Fields are guarded by the group. */
  private static final class Flight extends FutureTask<List<Addr>> {
    final String host;
    int waiters;

    /** It has, or had, a thread. */
    boolean started;

    Flight(Query query, String host) {
      super(new Asking(query, host));
      this.host = host;
    }
  }

  /** Created with the first lookup, as most programs that only listen make none. */
  private static final class Threads {
    static final String NAME = "gonet-lookup-";
    static final AtomicInteger COUNT = new AtomicInteger();

    /** Without a bound: the groups have theirs. */
    static final Executor POOL =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_ALIVE_NANOS,
            TimeUnit.NANOSECONDS,
            new SynchronousQueue<>(),
            task -> Daemons.unstarted(NAME + COUNT.incrementAndGet(), task));
  }

  /** {@link #prepare} is over. Races repeat it. */
  private static volatile boolean prepared;

  private final Query query;
  private final int maxThreads;
  private final int reserved;
  private final long patienceNanos;

  /** By host, those that wait for a thread and those that run. */
  private final Map<String, Flight> flights = new HashMap<>();

  /** Without a thread, the newest last: names that had an answer before, and all others. */
  private final SequencedSet<Flight> knownWaiting = new LinkedHashSet<>();

  private final SequencedSet<Flight> othersWaiting = new LinkedHashSet<>();

  private final Answered answered = new Answered();
  private int running;

  /** A group of its own, for one way to look up. */
  public LookupGroup(Query query) {
    this(query, MAX_THREADS, RESERVED, PATIENCE_NANOS);
  }

  /**
   * The same with bounds of its own.
   *
   * @param reserved how many of {@code maxThreads} are for names that had an answer before
   * @param patienceNanos how long a lookup waits for a thread
   */
  public LookupGroup(Query query, int maxThreads, int reserved, long patienceNanos) {
    this.query = query;
    this.maxThreads = maxThreads;
    this.reserved = reserved;
    this.patienceNanos = patienceNanos;
  }

  // ---- callers ---------------------------------------------------------------------------------

  /**
   * Returns the host's addresses, found by a lookup of this caller's or of another's.
   *
   * @param timeoutNanos above zero
   * @throws ExecutionException with what the lookup threw, which several callers may get
   * @throws TimeoutException when the time is up; the lookup goes on. With a message if it had no
   *     thread
   * @throws NoThreadException when there was time left, but no thread for too long, or no further
   *     one can be started
   */
  public List<Addr> lookup(String host, long timeoutNanos)
      throws InterruptedException, ExecutionException, TimeoutException, NoThreadException {
    prepare();
    Flight flight = join(host);
    try {
      return await(flight, timeoutNanos);
    } finally {
      leave(flight);
    }
  }

  /** All that a lookup needs behind the calling thread, whose stack may be at its end. */
  private static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          LookupGroup.class,
          "gonet.internal.lookup.LookupGroup$Threads",
          "gonet.internal.lookup.AddrPolicy",
          "java.util.concurrent.FutureTask");
      prepared = true;
    }
  }

  private List<Addr> await(Flight flight, long timeoutNanos)
      throws InterruptedException, ExecutionException, TimeoutException, NoThreadException {
    long first = Math.min(timeoutNanos, patienceNanos);
    try {
      return flight.get(first, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (isStarted(flight)) {
        return flight.get(timeoutNanos - first, TimeUnit.NANOSECONDS);
      }
      String why = maxThreads + " lookups are without an answer, and no more may begin";
      if (first == timeoutNanos) {
        throw new TimeoutException(why);
      }
      throw new NoThreadException(why);
    }
  }

  private synchronized Flight join(String host) throws NoThreadException {
    Flight flight = flights.get(host);
    // One that has ended is as good as none: its answer is older than this question.
    if (flight == null || flight.isDone()) {
      flight = new Flight(query, host);
      boolean known = answered.get(host) != null;
      if (running < maxThreads - (known ? 0 : reserved)) {
        start(flight);
      } else {
        (known ? knownWaiting : othersWaiting).add(flight);
      }
      flights.put(host, flight);
    }
    flight.waiters++;
    return flight;
  }

  /** On a thread of its own; that there is none is the caller's trouble, and nothing is changed. */
  private void start(Flight flight) throws NoThreadException {
    try {
      Threads.POOL.execute(new Work(this, flight));
    } catch (OutOfMemoryError e) {
      if (Daemons.isWantOfThreads(e)) {
        String thread = Threads.NAME + Threads.COUNT.get(); // or one that was made meanwhile
        throw new NoThreadException("cannot start thread " + thread + ": " + e.getMessage());
      }
      throw e;
    }
    // The thread looks at these under the monitor, when it has done its work.
    flight.started = true;
    running++;
  }

  private record Work(LookupGroup group, Flight flight) implements Runnable {
    @Override
    public void run() {
      group.work(flight);
    }
  }

  private synchronized boolean isStarted(Flight flight) {
    return flight.started;
  }

  private synchronized void leave(Flight flight) {
    if (--flight.waiters == 0 && !flight.started) {
      knownWaiting.remove(flight);
      othersWaiting.remove(flight);
      flights.remove(flight.host, flight);
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  private void work(Flight first) {
    for (Flight flight = first; flight != null; flight = next(flight)) {
      flight.run(); // throws nothing: what the lookup throws is the flight's
    }
  }

  private synchronized @Nullable Flight next(Flight ended) {
    running--;
    flights.remove(ended.host, ended);
    try {
      answered.put(ended);
    } catch (OutOfMemoryError e) {
      // The name is not preferred next time; the lookups that wait must go on.
    }
    Flight next = null;
    if (!knownWaiting.isEmpty()) {
      next = knownWaiting.removeLast();
    } else if (!othersWaiting.isEmpty() && running < maxThreads - reserved) {
      next = othersWaiting.removeLast();
    }
    if (next != null) {
      next.started = true;
      running++;
    }
    return next;
  }

  /** Names that had an answer when they were last asked for, the latest ones. */
  private static final class Answered {
    private final SequencedMap<String, Boolean> names = new LinkedHashMap<>(16, 0.75f, true);

    @Nullable Boolean get(String host) {
      return names.get(host);
    }

    void put(Flight ended) {
      if (ended.state() != Future.State.SUCCESS) {
        names.remove(ended.host);
        return;
      }
      if (names.size() >= MAX_ANSWERED && !names.containsKey(ended.host)) {
        names.pollFirstEntry();
      }
      names.put(ended.host, true);
    }
  }

  // ---- for tests -------------------------------------------------------------------------------

  /** How many callers wait, for whatever host. */
  public synchronized int waiting() {
    return flights.values().stream().mapToInt(flight -> flight.waiters).sum();
  }

  /** How many lookups have a thread. */
  synchronized int running() {
    return running;
  }
}
