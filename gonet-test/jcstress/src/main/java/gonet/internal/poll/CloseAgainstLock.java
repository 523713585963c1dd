package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZZ_Result;

/** Close meets a thread that takes the lock: exactly one of them is the last one out. */
@JCStressTest
@Outcome(
    id = {"CLOSED, false, true", "LOCKED, true, false", "LOCKED, false, true"},
    expect = Expect.ACCEPTABLE,
    desc = "Destroyed once.")
@State
public class CloseAgainstLock {
  private final FDMutex mutex = new FDMutex();

  @Actor
  public void operation(LZZ_Result r) {
    FDMutex.Outcome outcome = mutex.lock(true, StressLane.patience());
    r.r1 = outcome.name();
    r.r2 = outcome == FDMutex.Outcome.LOCKED && mutex.unlock(true) && mutex.claim();
  }

  @Actor
  public void closer(LZZ_Result r) {
    r.r3 = mutex.close() && mutex.claim();
  }
}
