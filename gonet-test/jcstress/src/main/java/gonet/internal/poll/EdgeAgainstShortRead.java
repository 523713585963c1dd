package gonet.internal.poll;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A reader takes the first of two pieces and believes, its read being short, that there is no more.
 * The second arrives around that moment: the next read finds it or is woken for it.
 */
@JCStressTest
@Outcome(id = "both", expect = Expect.ACCEPTABLE, desc = "Whatever the order.")
@State
public class EdgeAgainstShortRead {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final ParkSlot slot = desc.read;
  private final AtomicInteger pieces = new AtomicInteger(1);

  @Actor
  public void reader(L_Result r) {
    long limit = StressLane.patience();
    int got = 0;
    while (got < 2) {
      if (slot.mustTry()) {
        slot.beginTry();
        int n = pieces.getAndSet(0);
        got += n;
        if (got == 2) {
          break;
        }
        if (!slot.sawEmpty() || n > 0) {
          continue;
        }
      }
      if (slot.await(limit) != null) {
        r.r1 = "LOST";
        return;
      }
    }
    r.r1 = "both";
  }

  @Actor
  public void kernelAndPoller() {
    pieces.incrementAndGet();
    slot.ready();
  }

  @Arbiter
  public void end(L_Result r) {
    desc.leave();
  }
}
