package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A waiter gives up around the moment it is signalled, and behind it stands another. A signal that
 * comes too late for the first must reach the second.
 */
@JCStressTest
@Outcome(
    id = "LOCKED",
    expect = Expect.ACCEPTABLE,
    desc = "The second gets the lock, whatever becomes of the first.")
@State
public class LeaveAgainstSignal {
  /** About how long an interrupted thread takes to get going. */
  private static final int WAKE_NANOS = 40_000;

  private final FDMutex mutex = new FDMutex();
  private final Thread first;
  private final FutureTask<String> second;

  public LeaveAgainstSignal() {
    mutex.lock(true, Clock.NONE);
    first = queued(new FutureTask<>(this::lockOnce));
    second = new FutureTask<>(this::lockOnce);
    queued(second);
  }

  private static Thread queued(FutureTask<String> waiter) {
    Thread thread = Thread.ofVirtual().start(waiter);
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private String lockOnce() {
    FDMutex.Outcome outcome = mutex.lock(true, Clock.NONE);
    if (outcome == FDMutex.Outcome.LOCKED) {
      mutex.unlock(true);
    }
    return outcome.name();
  }

  @Actor
  public void interrupter() {
    first.interrupt();
  }

  @Actor
  public void holder() {
    long until = Clock.after(ThreadLocalRandom.current().nextInt(WAKE_NANOS));
    while (Clock.now() < until) {
      Thread.onSpinWait();
    }
    mutex.unlock(true);
  }

  @Arbiter
  public void end(L_Result r) {
    r.r1 = StressLane.result(second);
  }
}
