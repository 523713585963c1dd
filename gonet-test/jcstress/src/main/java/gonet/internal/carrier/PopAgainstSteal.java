package gonet.internal.carrier;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Three tasks, an owner that takes one and brings another, and a thief: each task is taken once.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "Each task once.")
@State
public class PopAgainstSteal {
  private final RunQueue queue = new RunQueue();
  private final RunQueue thief = new RunQueue();

  /** A digit for each task. Written by the owner, the thief and the arbiter in turn. */
  private int byOwner;

  private int byThief;
  private int byArbiter;

  public PopAgainstSteal() {
    push(1000);
    push(100);
    push(10);
  }

  private void push(int digit) {
    if (!queue.push(new Task(digit))) {
      throw new AssertionError();
    }
  }

  private record Task(int digit) implements Runnable {
    @Override
    public void run() {}
  }

  private static int digit(@Nullable Runnable task) {
    return task instanceof Task t ? t.digit() : 0;
  }

  @Actor
  public void owner() {
    byOwner = digit(queue.pop());
    push(1);
    byOwner += digit(queue.pop());
  }

  @Actor
  public void thief() {
    if (thief.stealFrom(queue)) {
      byThief = drain(thief);
    }
  }

  @Arbiter
  public void end(I_Result r) {
    byArbiter = drain(queue);
    r.r1 = byOwner + byThief + byArbiter;
  }

  private static int drain(RunQueue queue) {
    int sum = 0;
    for (Runnable task; (task = queue.pop()) != null; ) {
      sum += digit(task);
    }
    return sum;
  }
}
