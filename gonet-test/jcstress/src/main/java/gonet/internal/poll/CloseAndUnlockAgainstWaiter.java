package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/**
 * The holder leaves and another closes while a third queues up: nobody waits for ever, and exactly
 * one of the three destroys.
 */
@JCStressTest
@Outcome(
    id = {"CLOSED, 1", "LOCKED, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "Destroyed once.")
@State
public class CloseAndUnlockAgainstWaiter {
  private final FDMutex mutex = new FDMutex();
  private final AtomicInteger destroyed = new AtomicInteger();
  private final FutureTask<String> waiter;

  public CloseAndUnlockAgainstWaiter() {
    mutex.lock(true, Clock.NONE);
    waiter = StressLane.third(this::lockOnce);
  }

  private String lockOnce() {
    FDMutex.Outcome outcome = mutex.lock(true, Clock.NONE);
    if (outcome == FDMutex.Outcome.LOCKED) {
      destroyIf(mutex.unlock(true));
    }
    return outcome.name();
  }

  private void destroyIf(boolean last) {
    if (last && mutex.claim()) {
      destroyed.incrementAndGet();
    }
  }

  @Actor
  public void holder() {
    destroyIf(mutex.unlock(true));
  }

  @Actor
  public void closer() {
    mutex.close();
    mutex.sendAway();
    destroyIf(mutex.settle());
  }

  @Arbiter
  public void end(LI_Result r) {
    r.r1 = StressLane.result(waiter);
    r.r2 = destroyed.get();
  }
}
