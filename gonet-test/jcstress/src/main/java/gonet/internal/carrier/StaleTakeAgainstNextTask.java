package gonet.internal.carrier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The watcher saw a task; whatever its owner does next, it gets that one or none. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The task was over.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "Taken.")
@State
public class StaleTakeAgainstNextTask {
  private final OwnerWord word = new OwnerWord();
  private final long begun;

  public StaleTakeAgainstNextTask() {
    word.awake(1);
    begun = word.beginTask();
  }

  @Actor
  public void owner(ZZ_Result r) {
    r.r1 = word.endTask(begun);
    if (r.r1) {
      long next = word.beginTask();
      r.r1 = word.endTask(next) && word.endTask(word.beginTask());
    }
  }

  @Actor
  public void watcher(ZZ_Result r) {
    r.r2 = word.take(begun, 2);
  }
}
