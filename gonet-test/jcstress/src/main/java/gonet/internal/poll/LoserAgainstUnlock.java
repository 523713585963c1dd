package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.FutureTask;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLI_Result;

/**
 * One thread takes and gives back the lock again and again, so that the other, which waits for it,
 * may lose it and be given it, or be interrupted at that moment: nobody waits for ever, nobody is
 * inside together with another, and no reference stays behind.
 */
@JCStressTest
@Outcome(
    id = {"LOCKED, true, 0", "INTERRUPTED, true, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "Served, or gone without a trace.")
@State
public class LoserAgainstUnlock {
  private static final int TURNS = 8;

  private final FDMutex mutex = new FDMutex();
  private final FutureTask<String> waiter;
  private final Thread thread;

  /** Guarded by the lock. */
  private int inside;

  private boolean together;

  public LoserAgainstUnlock() {
    mutex.lock(true, Clock.NONE);
    waiter = new FutureTask<>(this::lockOnce);
    thread = Thread.ofVirtual().start(waiter);
  }

  private String lockOnce() {
    FDMutex.Outcome outcome = mutex.lock(true, Clock.NONE);
    if (outcome == FDMutex.Outcome.LOCKED) {
      enter();
      mutex.unlock(true);
    }
    return outcome.name();
  }

  private void enter() {
    together |= ++inside != 1;
    inside--;
  }

  @Actor
  public void holder() {
    for (int i = 0; i < TURNS; i++) {
      mutex.unlock(true);
      mutex.lock(true, Clock.NONE);
      enter();
    }
    mutex.unlock(true);
  }

  @Actor
  public void interrupter() {
    thread.interrupt();
  }

  @Arbiter
  public void end(LLI_Result r) {
    r.r1 = StressLane.result(waiter);
    mutex.close();
    r.r2 = mutex.settle() && mutex.claim();
    r.r3 = together ? 1 : 0;
  }
}
