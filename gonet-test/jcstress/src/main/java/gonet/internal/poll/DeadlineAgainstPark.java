package gonet.internal.poll;

import gonet.internal.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A deadline in the past meets a thread that is about to park. */
@JCStressTest
@Outcome(id = "TIMEOUT", expect = Expect.ACCEPTABLE, desc = "Never started, or woken.")
@State
public class DeadlineAgainstPark {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = StressLane.empty(desc.read);

  @Actor
  public void operation(L_Result r) {
    r.r1 = StressLane.untilStopped(slot, StressLane.patience());
  }

  @Actor
  public void setter() {
    slot.deadline(Clock.LONG_AGO);
  }

  @Arbiter
  public void end(L_Result r) {
    desc.leave();
  }
}
