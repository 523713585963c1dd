package gonet.internal.poll;

import gonet.internal.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * The holder leaves while another thread queues up: the signal comes after the waiter, or the
 * waiter sees the free lock.
 */
@JCStressTest
@Outcome(id = "LOCKED", expect = Expect.ACCEPTABLE, desc = "The waiter gets the lock.")
@State
public class UnlockAgainstWaiter {
  private final FDMutex mutex = new FDMutex();

  public UnlockAgainstWaiter() {
    mutex.lock(false, Clock.NONE);
  }

  @Actor
  public void holder() {
    mutex.unlock(false);
  }

  @Actor
  public void waiter(L_Result r) {
    r.r1 = mutex.lock(false, StressLane.patience()).name();
  }
}
