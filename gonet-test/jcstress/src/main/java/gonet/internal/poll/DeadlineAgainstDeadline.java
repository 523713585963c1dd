package gonet.internal.poll;

import gonet.internal.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The deadline is moved while the thread parks with an earlier one that is about to pass: the later
 * one counts, and the timer of the earlier must neither end the wait nor be the last.
 */
@JCStressTest
@Outcome(
    id = "TIMEOUT, later",
    expect = Expect.ACCEPTABLE,
    desc = "Not before the deadline it was moved to.")
@Outcome(id = "TIMEOUT, earlier", expect = Expect.ACCEPTABLE, desc = "It was moved too late.")
@State
public class DeadlineAgainstDeadline {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = StressLane.empty(desc.read);
  private final long first = Clock.after(10_000);
  private volatile long movedInTime;

  public DeadlineAgainstDeadline() {
    slot.deadline(first);
  }

  @Actor
  public void operation(LL_Result r) {
    r.r1 = StressLane.untilStopped(slot, StressLane.patience());
    long later = movedInTime;
    r.r2 = later == Clock.NONE ? "earlier" : Clock.now() >= later ? "later" : "EARLY";
  }

  @Actor
  public void setter() {
    long later = Clock.after(60_000);
    slot.deadline(later);
    if (Clock.now() < first) {
      movedInTime = later;
    }
  }

  @Arbiter
  public void end(LL_Result r) {
    desc.leave();
  }
}
