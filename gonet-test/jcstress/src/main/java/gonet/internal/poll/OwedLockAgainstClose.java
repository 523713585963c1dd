package gonet.internal.poll;

import gonet.internal.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZZ_Result;

/**
 * A lock whose holder is gone, and two that may settle that: a thread that wants the lock, and one
 * that closes. One of them takes the debt over, and the descriptor is destroyed once.
 */
@JCStressTest
@Outcome(
    id = {"CLOSED, false, true", "TIMEOUT, false, true"},
    expect = Expect.ACCEPTABLE,
    desc = "Settled by the closer.")
@Outcome(
    id = {"LOCKED, true, false", "LOCKED, false, true"},
    expect = Expect.ACCEPTABLE,
    desc = "Settled by the next holder.")
@State
public class OwedLockAgainstClose {
  private final FDMutex mutex = new FDMutex();

  public OwedLockAgainstClose() {
    mutex.lock(true, Clock.NONE);
    mutex.readOwed = true;
  }

  @Actor
  public void operation(LZZ_Result r) {
    FDMutex.Outcome outcome = mutex.lock(true, Clock.LONG_AGO);
    r.r1 = outcome.name();
    r.r2 = outcome == FDMutex.Outcome.LOCKED && mutex.unlock(true) && mutex.claim();
  }

  @Actor
  public void closer(LZZ_Result r) {
    mutex.close();
    mutex.sendAway();
    r.r3 = mutex.settle() && mutex.claim();
  }
}
