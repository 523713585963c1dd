package gonet.test.sim;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;

/** Edges, as epoll tells them. Nobody polls: the simulation's loop brings the reports. */
final class SimReadiness implements Readiness {
  private int registered;

  SimReadiness(Machine machine) {
    machine.sim().point();
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) {
    registered++;
    SimDescriptor mine = (SimDescriptor) descriptor;
    mine.edges().watch(mine, sink, mine.level());
  }

  @Override
  public void deregister(Descriptor descriptor) {
    if (VirtualThreads.carrier() instanceof Carrier) {
      registered--;
      SimDescriptor mine = (SimDescriptor) descriptor;
      mine.edges().watch(mine, null, 0);
    }
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {
    // Edges are told without being asked for.
  }

  @Override
  public int poll(long timeoutNanos) {
    throw new UnsupportedOperationException("the simulation's loop polls");
  }

  @Override
  public void wake() {}

  @Override
  public int registered() {
    return registered;
  }

  @Override
  public void close() {}
}
