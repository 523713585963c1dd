package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Two close at once: one of them does it. */
@JCStressTest
@Outcome(
    id = {"true, false, true", "false, true, true"},
    expect = Expect.ACCEPTABLE,
    desc = "Closed once, and nobody gets in afterwards.")
@State
@Proves("B32")
public class CloseAgainstClose {
  private final FDMutex mutex = new FDMutex();

  @Actor
  public void first(ZZZ_Result r) {
    r.r1 = mutex.close() && mutex.claim();
  }

  @Actor
  public void second(ZZZ_Result r) {
    r.r2 = mutex.close() && mutex.claim();
  }

  @Arbiter
  public void end(ZZZ_Result r) {
    r.r3 = !mutex.incref();
  }
}
