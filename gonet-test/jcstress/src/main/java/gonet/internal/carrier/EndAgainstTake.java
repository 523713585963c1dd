package gonet.internal.carrier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZZ_Result;

/**
 * A task ends, and its owner begins the next one and changes what belongs to it, while the watcher
 * takes the processor: one of them has it, and the watcher sees all that the owner did before.
 */
@JCStressTest
@Outcome(id = "2, true, false", expect = Expect.ACCEPTABLE, desc = "The owner kept it.")
@Outcome(id = "1, false, true", expect = Expect.ACCEPTABLE, desc = "Taken from the first task.")
@Outcome(id = "2, true, true", expect = Expect.ACCEPTABLE, desc = "Taken from the second task.")
@State
public class EndAgainstTake {
  private final OwnerWord word = new OwnerWord();

  /** Belongs to the owner, as the fields of a processor do. */
  private int plain;

  private final long begun;

  public EndAgainstTake() {
    word.awake(1);
    plain = 1;
    begun = word.beginTask();
  }

  @Actor
  public void owner(IZZ_Result r) {
    r.r2 = word.endTask(begun);
    if (r.r2) {
      plain = 2;
      var _ = word.beginTask();
    }
  }

  @Actor
  public void watcher(IZZ_Result r) {
    r.r3 = word.take(word.look(), 2);
    if (r.r3) {
      r.r1 = plain;
    }
  }

  @Arbiter
  public void end(IZZ_Result r) {
    if (!r.r3) {
      r.r1 = plain;
    }
  }
}
