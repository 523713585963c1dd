package gonet.server;

import gonet.internal.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a server, step by step, on a platform thread of its own: it must run when handlers
 * hold every carrier, and callers may give up waiting for it.
 *
 * <pre>
 *   announce        state DRAINING, onDrain, drainDelay; still accepting
 *   empty queues    each accept loop takes what is queued and closes its listener; if a full
 *                   server keeps it waiting for room, what is served already is asked before
 *   ask             isFinishing, onFinish; threads in awaitRequest wake up
 *   wait            until no connection is open; those that never brought a request are asked when
 *                   their time for the first one is over
 *   force           close what is left, interrupt its handlers, wait for them a moment
 *   report
 * </pre>
 *
 * <p>Each of the middle steps ends when the time is over, and all of them end at once when {@link
 * Server#close} says that there is none: callbacks run on threads of their own, so that one which
 * does not return, such as a goodbye to a client that reads nothing, keeps no step from ending.
 *
 * <p>Counting: the registry's {@code ended} grows once for each connection, under the registry's
 * lock; forced ones leave it in one step under the same lock.
 */
final class ServerShutdown {
  private static final long LAST_MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** For how long a connection may bring its first request, from when it was accepted. */
  private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How soon a limit that has moved is noticed. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Server server;
  private final BiFunction<String, Runnable, Thread> threads;
  private final CountDownLatch done = new CountDownLatch(1);

  /** Who has waited for the end. */
  private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

  /** Guarded by the monitor of this object. */
  private boolean begun;

  /** Written before the thread starts. */
  private long begunAt;

  /** Connections that had ended by then. Written before the thread starts. */
  private long endedBefore;

  /** When the drain delay is over. Only moves to earlier. Written under the monitor. */
  private volatile long delayEnds;

  /** When connections are closed. Only moves to earlier. Written under the monitor. */
  private volatile long forceAt;

  /** Written before {@code done} counts down. */
  private @Nullable ShutdownReport report;

  ServerShutdown(Server server) {
    this(server, server::daemon);
  }

  /**
   * @param threads makes platform threads that are not started, of a name and a body
   */
  ServerShutdown(Server server, BiFunction<String, Runnable, Thread> threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Begins, or makes one that has begun end earlier.
   *
   * @param delayNanos how long to go on as before
   * @param graceNanos how long to wait behind that
   */
  synchronized void begin(long delayNanos, long graceNanos) {
    if (!begun) {
      begunAt = Clock.now();
      endedBefore = server.registry().ended();
      delayEnds = sum(begunAt, delayNanos);
      forceAt = sum(delayEnds, graceNanos);
      start();
      begun = true; // not before: whoever finds no thread may try again
    } else {
      long now = Clock.now();
      forceAt = Math.min(forceAt, sum(now, graceNanos));
      if (forceAt < delayEnds) {
        delayEnds = now; // the time that is left is for the handlers
      }
      server.registry().lookAgain();
    }
  }

  private void start() {
    String name = server.name() + "-shutdown";
    try {
      threads.apply(name, this::run).start();
    } catch (OutOfMemoryError noThread) {
      // A virtual one needs none of the system's. It has to wait for a carrier, as handlers do.
      server.log().failure("starting a thread for the shutdown", noThread);
      server.unstarted(name, this::run).start();
    }
  }

  private static long sum(long moment, long nanos) {
    long sum = moment + nanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Whether handlers may take time yet: a close gives them none. */
  boolean hasTime() {
    return Clock.now() < forceAt;
  }

  /**
   * Until when a connection that was accepted then may bring its first request. The other half of
   * the time is for the answer; and who brings none ends in order, and is not forced. Only moves to
   * earlier.
   */
  long firstRequestUntil(long acceptedAt) {
    long from = Math.max(acceptedAt, delayEnds);
    return Math.min(sum(acceptedAt, FIRST_REQUEST_NANOS), from + (forceAt - from) / 2);
  }

  ShutdownReport await() throws InterruptedException {
    if (done.getCount() > 0) {
      waiters.add(Thread.currentThread());
    }
    done.await();
    return report();
  }

  boolean await(long nanos) throws InterruptedException {
    if (done.getCount() > 0) {
      waiters.add(Thread.currentThread());
    }
    boolean ended = done.await(nanos, TimeUnit.NANOSECONDS);
    if (!ended) {
      waiters.remove(Thread.currentThread()); // it has given up
    }
    return ended;
  }

  /**
   * Waits for the threads that have waited for the end: they may have something to do behind it.
   *
   * @param until when to wait no longer, a moment of {@link Clock}; asked again and again
   */
  void joinWaiters(LongSupplier until) throws InterruptedException {
    for (Thread waiter : waiters) {
      if (waiter.equals(Thread.currentThread())) {
        continue;
      }
      long left;
      do {
        left = Math.min(until.getAsLong() - Clock.now(), LOOK_NANOS);
      } while (left > 0 && !waiter.join(Duration.ofNanos(left)));
    }
  }

  private ShutdownReport report() {
    ShutdownReport made = report;
    if (made == null) {
      throw new IllegalStateException("no report, although the server has ended");
    }
    return made;
  }

  private void run() {
    try {
      server.drains();
      aside("announcing a shutdown", server::announce);
      server.registry().awaitMoment(() -> delayEnds);
      if (Clock.now() < forceAt) {
        server.loops().forEach(loop -> step("emptying a queue", loop::drain));
        if (server.registry().awaitNoneAcceptingOrFull(() -> forceAt)) {
          ask(() -> server.registry().isNoneAccepting());
        }
      }
      server
          .loops()
          .forEach(loop -> step("closing a listener", () -> Closer.close(loop.listener(), server)));
      server.registry().awaitNoneAccepting(lastMoment());
      server.asksAll();
      ask(() -> server.registry().isNoneOpen());
    } finally {
      int forced = 0;
      try {
        forced = forceAll();
        server.registry().awaitNoneRunning(lastMoment());
      } finally {
        finish(forced);
      }
    }
  }

  /** How many there were. */
  private int forceAll() {
    int forced = 0;
    ServerConn next;
    for (ServerConn conn = server.registry().takeAll(); conn != null; conn = next) {
      next = conn.after;
      conn.after = null;
      forced++;
      ServerConn one = conn;
      step("closing a connection", () -> server.force(one));
    }
    return forced;
  }

  /** Asks those to finish that were not asked yet, and waits until the limit for what follows. */
  private void ask(BooleanSupplier followed) {
    List<ServerConn> asked = server.askToFinish();
    aside("telling that it is to finish", () -> server.tellToFinish(asked));
    awaitAsking(followed);
  }

  /** Waits until the limit, and asks those meanwhile whose time for a first request is over. */
  private void awaitAsking(BooleanSupplier done) {
    boolean over = false;
    while (!over) {
      long limit = forceAt;
      // Not one by one: many may have come one after the other.
      long look = Math.max(askThoseNeverServed(), sum(Clock.now(), LOOK_NANOS));
      long next = Math.min(limit, look);
      over =
          server.registry().await(done, () -> forceAt == limit ? next : Clock.now())
              || Clock.now() >= forceAt;
    }
  }

  private long askThoseNeverServed() {
    try {
      return server.askThoseNeverServed();
    } catch (Throwable t) { // want of memory: again soon
      server.log().failure("asking those that were never served", t);
      return 0;
    }
  }

  /** Runs users' code, and waits until it is done or the time is over. */
  private void aside(String what, Runnable step) {
    AtomicBoolean over = new AtomicBoolean();
    Runnable body =
        () -> {
          step(what, step);
          over.set(true);
          server.registry().lookAgain();
        };
    String name = server.name() + "-shutdown-callbacks";
    try {
      threads.apply(name, body).start();
    } catch (Throwable t) { // want of memory
      server.log().failure("starting a thread for callbacks", t);
      server.unstarted(name, body).start();
    }
    awaitAsking(over::get);
  }

  private static LongSupplier lastMoment() {
    long until = Clock.after(LAST_MOMENT_NANOS);
    return () -> until;
  }

  private void finish(int forced) {
    report =
        new ShutdownReport(
            forced == 0 ? ShutdownReport.Outcome.GRACEFUL : ShutdownReport.Outcome.FORCED,
            (int) (server.registry().ended() - endedBefore - forced),
            forced,
            server.registry().running(),
            Duration.ofNanos(Clock.now() - begunAt));
    server.gone();
    done.countDown();
  }

  /** A failure in one step must not keep the next ones from happening. */
  private void step(String what, Runnable step) {
    try {
      step.run();
    } catch (Throwable t) {
      server.log().failure(what, t);
    }
  }
}
