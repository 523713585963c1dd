package gonet.internal.carrier;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The leader says that it sleeps and looks for work; somebody brings work and looks whether it
 * sleeps: at least one sees the other. The watcher's parking is the same with other words.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The leader found it.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The leader is woken.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Found, and woken for nothing.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Forgotten.")
@State
public class SleepAgainstPush {
  private final OwnerWord word = new OwnerWord();
  private final ConcurrentLinkedQueue<Object> external = new ConcurrentLinkedQueue<>();

  public SleepAgainstPush() {
    word.awake(1);
  }

  @Actor
  public void leader(ZZ_Result r) {
    word.sleep();
    r.r1 = !external.isEmpty();
  }

  @Actor
  public void pusher(ZZ_Result r) {
    external.add("task");
    r.r2 = word.asleep();
  }
}
