package gonet;

import gonet.internal.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a server, step by step, on a platform thread of its own: it must run when handlers
 * hold every carrier, and callers may give up waiting for it.
 *
 * <pre>
 *   announce        state DRAINING, onDrain, drainDelay; still accepting
 *   empty queues    each accept loop takes what is queued and closes its listener
 *   ask             isFinishing, onFinish; threads in awaitRequest wake up
 *   wait            until no connection is open
 *   force           close what is left, interrupt its handlers, wait for them a moment
 *   report
 * </pre>
 *
 * <p>Each of the middle steps ends when the time is over, and all of them end at once when {@link
 * Server#close} says that there is none. Counting: the registry's {@code ended} grows once for each
 * connection, under the registry's lock; forced ones leave it in one step under the same lock.
 */
final class ServerShutdown {
  private static final long LAST_MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Server server;
  private final CountDownLatch done = new CountDownLatch(1);

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
    this.server = server;
  }

  /**
   * Begins, or makes one that has begun end earlier.
   *
   * @param delayNanos how long to go on as before
   * @param graceNanos how long to wait behind that
   */
  synchronized void begin(long delayNanos, long graceNanos) {
    if (!begun) {
      begun = true;
      begunAt = Clock.now();
      endedBefore = server.registry().ended();
      delayEnds = sum(begunAt, delayNanos);
      forceAt = sum(delayEnds, graceNanos);
      Server.daemon(server.name() + "-shutdown", this::run).start();
    } else {
      long now = Clock.now();
      forceAt = Math.min(forceAt, sum(now, graceNanos));
      if (forceAt < delayEnds) {
        delayEnds = now; // the time that is left is for the handlers
      }
      server.registry().lookAgain();
    }
  }

  private static long sum(long moment, long nanos) {
    long sum = moment + nanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  ShutdownReport await() throws InterruptedException {
    done.await();
    return report();
  }

  boolean await(long nanos) throws InterruptedException {
    return done.await(nanos, TimeUnit.NANOSECONDS);
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
      step("announcing a shutdown", server::announce);
      server.registry().awaitMoment(() -> delayEnds);
      if (Clock.now() < forceAt) {
        step("emptying the queues", () -> server.loops().forEach(AcceptLoop::drain));
        server.registry().awaitNoneAccepting(() -> forceAt);
      }
      step("closing listeners", () -> server.loops().forEach(loop -> loop.listener().close()));
      server.registry().awaitNoneAccepting(lastMoment());
      step("asking to finish", server::askToFinish);
      server.registry().awaitNoneOpen(() -> forceAt);
    } finally {
      List<ServerConn> left = server.registry().takeAll();
      step("closing connections", () -> left.forEach(server::force));
      server.registry().awaitNoneRunning(lastMoment());
      finish(left.size());
    }
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
