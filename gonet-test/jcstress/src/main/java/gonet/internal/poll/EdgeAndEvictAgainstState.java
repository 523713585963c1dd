package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The poller and close meet in a slot without a waiter: READY stays. */
@JCStressTest
@Outcome(id = "ready", expect = Expect.ACCEPTABLE, desc = "The edge is never lost.")
@State
public class EdgeAndEvictAgainstState {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = StressLane.empty(desc.read);

  @Actor
  public void poller() {
    slot.ready();
  }

  @Actor
  public void closer() {
    slot.evict();
  }

  @Arbiter
  public void end(L_Result r) {
    r.r1 = slot.stateName();
  }
}
