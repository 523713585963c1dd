package gonet.test;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;

/** Registers what is behind a {@link FaultyDescriptor}, and lets it send edges of its own. */
class FaultyReadiness implements Readiness {
  private final Readiness delegate;

  FaultyReadiness(Readiness delegate) {
    this.delegate = delegate;
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.REGISTER);
    FaultyDescriptor faulty = (FaultyDescriptor) descriptor;
    // Before the registration: a fault that finds no sink relies on the levels that registering
    // reports, so these must come after it.
    faulty.sink(sink);
    delegate.register(faulty.delegate(), sink);
  }

  @Override
  public void deregister(Descriptor descriptor) {
    FaultyDescriptor faulty = (FaultyDescriptor) descriptor;
    faulty.sink(null);
    delegate.deregister(faulty.delegate());
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {
    delegate.arm(((FaultyDescriptor) descriptor).delegate(), mode);
  }

  @Override
  public void disarm(Descriptor descriptor) {
    delegate.disarm(((FaultyDescriptor) descriptor).delegate());
  }

  @Override
  public int poll(long timeoutNanos) {
    return delegate.poll(timeoutNanos);
  }

  @Override
  public void wake() {
    delegate.wake();
  }

  @Override
  public int registered() {
    return delegate.registered();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
