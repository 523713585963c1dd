package gonet.internal.poll;

import gonet.internal.backend.Readiness;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A short read at the mark of urgent data, while the poller reports it: in the end the bytes behind
 * the mark must be tried for, because no further edge announces them.
 */
@JCStressTest
@Outcome(
    id = "true",
    expect = Expect.ACCEPTABLE,
    desc = "The slot does not say that the kernel is empty.")
@State
public class StickyAgainstShortRead {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);

  @Actor
  public void reader() {
    desc.read.beginTry();
    if (!desc.sticky()) {
      desc.read.sawEmpty();
    }
  }

  @Actor
  public void poller() {
    desc.ready(Readiness.READ | Readiness.STICKY);
  }

  @Arbiter
  public void end(Z_Result r) {
    r.r1 = desc.read.mustTry();
  }
}
