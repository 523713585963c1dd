package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Data arrives while a reader looks for it. The kernel has it before the edge comes, as with epoll;
 * whatever the order, the reader gets it.
 */
@JCStressTest
@Outcome(id = "data", expect = Expect.ACCEPTABLE, desc = "Found at once, or after the edge.")
@State
public class EdgeAgainstTry {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = desc.read;
  private volatile boolean data;

  @Actor
  public void reader(L_Result r) {
    r.r1 = read(slot);
  }

  private String read(ParkSlot slot) {
    long limit = StressLane.patience();
    for (; ; ) {
      if (slot.mustTry()) {
        slot.beginTry();
        if (data) {
          return "data";
        }
        if (!slot.sawEmpty()) {
          continue;
        }
      }
      if (slot.await(limit) != null) {
        return "LOST";
      }
    }
  }

  @Actor
  public void kernelAndPoller() {
    data = true;
    slot.ready();
  }

  @Arbiter
  public void end(L_Result r) {
    desc.leave();
  }
}
