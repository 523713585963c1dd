package gonet.test.sim;

/** The platform thread that runs a simulation: its loop, its events and all its virtual threads. */
final class Carrier extends Thread {
  private final Time time;

  /** The simulation's threads. */
  final Scheduler scheduler;

  final Sim sim;

  Carrier(String name, Time time, Scheduler scheduler, Sim sim, Runnable loop) {
    super(null, loop, name, 0, false);
    setDaemon(true);
    this.time = time;
    this.scheduler = scheduler;
    this.sim = sim;
  }

  long nanos() {
    return time.nanoTime();
  }

  long wallNanos() {
    return time.wallNanos();
  }
}
