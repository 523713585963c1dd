package gonet.internal.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * References come and go while the descriptor is closed: it is destroyed once, by the last one out,
 * and nobody gets in afterwards.
 */
@JCStressTest
@Outcome(
    id = {"true, false, true", "true, true, false", "false, false, true"},
    expect = Expect.ACCEPTABLE,
    desc = "Destroyed once.")
@State
public class ReferencesAgainstClose {
  private final FDMutex mutex = new FDMutex();

  @Actor
  public void user(ZZZ_Result r) {
    r.r1 = mutex.incref();
    r.r2 = r.r1 && mutex.decref() && mutex.claim();
  }

  @Actor
  public void closer(ZZZ_Result r) {
    r.r3 = mutex.close() && mutex.claim();
  }
}
