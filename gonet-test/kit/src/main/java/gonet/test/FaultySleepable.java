package gonet.test;

import gonet.internal.backend.Sleepable;

/** {@link FaultyReadiness} over one that can be slept on. */
final class FaultySleepable extends FaultyReadiness implements Sleepable {
  private final Sleepable delegate;

  FaultySleepable(Sleepable delegate) {
    super(delegate);
    this.delegate = delegate;
  }

  @Override
  public void armSleeper() {
    delegate.armSleeper();
  }

  @Override
  public boolean sleep(long timeoutNanos) {
    return delegate.sleep(timeoutNanos);
  }
}
