package gonet.internal.poll;

import gonet.internal.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Close meets a thread that queues up for a lock which another holds for ever: the waiter is sent
 * away.
 */
@JCStressTest
@Outcome(id = "CLOSED", expect = Expect.ACCEPTABLE, desc = "Never queued, or sent away.")
@State
public class CloseAgainstLockWaiter {
  private final FDMutex mutex = new FDMutex();

  public CloseAgainstLockWaiter() {
    mutex.lock(true, Clock.NONE);
  }

  @Actor
  public void waiter(L_Result r) {
    r.r1 = mutex.lock(true, StressLane.patience()).name();
  }

  @Actor
  public void closer() {
    mutex.close();
    mutex.sendAway();
  }
}
