package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.FutureTask;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * An edge and close meet a thread that is about to park: the thread hears of one of them, and
 * nobody takes the edge away.
 */
@JCStressTest
@Outcome(
    id = {"AGAIN, ready", "CLOSED, ready"},
    expect = Expect.ACCEPTABLE,
    desc = "Either is right.")
@State
public class EdgeAndCloseAgainstPark {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = StressLane.empty(desc.read);

  private final FutureTask<String> operation =
      StressLane.third(() -> StressLane.name(slot.await(Clock.NONE), Clock.NONE));

  @Actor
  public void poller() {
    slot.ready();
  }

  @Actor
  public void closer() {
    desc.evict();
  }

  @Arbiter
  public void end(LL_Result r) {
    r.r1 = StressLane.result(operation);
    r.r2 = slot.stateName();
    desc.leave();
  }
}
