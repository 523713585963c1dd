package gonet.test.sim;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.Poller;
import org.jspecify.annotations.Nullable;

/** The lane of a simulated machine: its threads are the simulation's, and nobody has to poll. */
final class SimPoller extends Poller {
  private final Scheduler scheduler;

  SimPoller(Readiness readiness, Scheduler scheduler) {
    super(readiness);
    this.scheduler = scheduler;
  }

  @Override
  public String lane() {
    return "sim";
  }

  @Override
  protected void start() {}

  @Override
  public Thread.Builder.OfVirtual threads() {
    return scheduler.builder();
  }

  @Override
  public boolean yieldIsFair() {
    return true;
  }

  /** Garbage is found at a time of the collector's own, which no seed draws. */
  @Override
  public boolean findsDropped() {
    return false;
  }

  @Override
  public @Nullable Thread sleeper() {
    return null;
  }
}
