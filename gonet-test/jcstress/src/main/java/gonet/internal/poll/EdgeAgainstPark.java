package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * An edge meets a thread that is about to park: the thread goes on, and the edge is still there for
 * the system call that follows.
 */
@JCStressTest
@Outcome(id = "AGAIN, ready", expect = Expect.ACCEPTABLE, desc = "Woken, or never parked.")
@State
@Proves("S13")
public class EdgeAgainstPark {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = StressLane.empty(desc.read);

  @Actor
  public void operation(LL_Result r) {
    long limit = StressLane.patience();
    r.r1 = StressLane.name(slot.await(limit), limit);
  }

  @Actor
  public void poller() {
    slot.ready();
  }

  @Arbiter
  public void end(LL_Result r) {
    r.r2 = slot.stateName();
    desc.leave();
  }
}
