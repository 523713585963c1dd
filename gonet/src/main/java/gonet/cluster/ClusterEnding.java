package gonet.cluster;

import gonet.internal.signal.SignalShutdown;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A cluster that a signal ends. */
record ClusterEnding(Cluster cluster) implements SignalShutdown.Ending {

  boolean is(Cluster other) {
    return cluster.equals(other);
  }

  @Override
  public void begin(Duration grace) {
    cluster.beginShutdown(grace);
  }

  @Override
  public boolean await() throws InterruptedException {
    return cluster.awaitClosed().isGraceful();
  }

  @Override
  public void joinWaiters(LongSupplier until) throws InterruptedException {
    cluster.joinWaiters(until);
  }

  @Override
  public String toString() {
    return cluster.toString();
  }
}
