package gonet.test.sim;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks after steps that do not end: a thread that holds the simulation's one carrier, because it
 * computes for ever or waits where a virtual thread cannot leave its carrier. One platform thread
 * for all simulations of the process, which really sleeps.
 */
final class Watchdog {
  private static final long PATIENCE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(Long.getLong("gonet.sim.stepMillis", 10_000));

  private static final Set<Sim> RUNNING = ConcurrentHashMap.newKeySet();

  private Watchdog() {}

  static void start() {
    Thread thread = new Thread(Watchdog::loop, "gonet-sim-watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  static void watch(Sim sim) {
    RUNNING.add(sim);
  }

  static void forget(Sim sim) {
    RUNNING.remove(sim);
  }

  private static void loop() {
    for (; ; ) {
      try {
        Thread.sleep(Math.max(1, TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS) / 4));
      } catch (InterruptedException e) {
        return;
      }
      for (Sim each : RUNNING) {
        long since = each.scheduler().steppingSince();
        if (since != 0 && RealTime.nanos() - since > PATIENCE_NANOS) {
          each.stuck();
        }
      }
    }
  }
}
