package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** Two threads want the same lock: both get it, one after the other. */
@JCStressTest
@Outcome(
    id = "LOCKED, LOCKED, 2",
    expect = Expect.ACCEPTABLE,
    desc = "Nobody waits for ever, and nobody is inside together.")
@State
public class LockHandOver {
  private final FDMutex mutex = new FDMutex();
  private int plain;

  private String once() {
    FDMutex.Outcome outcome = mutex.lock(true, StressLane.patience());
    if (outcome == FDMutex.Outcome.LOCKED) {
      plain++;
      mutex.unlock(true);
    }
    return outcome.name();
  }

  @Actor
  public void first(LLI_Result r) {
    r.r1 = once();
  }

  @Actor
  public void second(LLI_Result r) {
    r.r2 = once();
  }

  @Arbiter
  public void end(LLI_Result r) {
    r.r3 = plain;
  }
}
