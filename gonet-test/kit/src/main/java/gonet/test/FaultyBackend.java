package gonet.test;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sleepable;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;

/** The decorator of a backend behind {@link Faults}. */
final class FaultyBackend implements Backend {
  private final Backend delegate;
  private final Sockets sockets;

  FaultyBackend(Backend delegate) {
    this.delegate = delegate;
    sockets = new FaultySockets(delegate.sockets());
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public Sockets sockets() {
    return sockets;
  }

  @Override
  public Readiness openReadiness() throws SyscallException {
    Readiness readiness = delegate.openReadiness();
    // The poller chooses its lane by the type, so the decorator must be of the same.
    return readiness instanceof Sleepable sleepable
        ? new FaultySleepable(sleepable)
        : new FaultyReadiness(readiness);
  }
}
