package gonet.internal.nio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A thread queues an interest and wakes, while a select begins, ends and another begins. The last
 * select knows the interest, or does not stay blocked: the selector is woken, or the select was told
 * not to block without limit.
 */
@JCStressTest
@Outcome(id = "SEEN", expect = Expect.ACCEPTABLE, desc = "The last select knows it.")
@Outcome(id = "WOKEN", expect = Expect.ACCEPTABLE, desc = "It returns, and the next one knows it.")
@Outcome(id = "SHORT", expect = Expect.ACCEPTABLE, desc = "It blocks for a moment only.")
@Outcome(id = "LOST", expect = Expect.FORBIDDEN, desc = "It blocks without the interest.")
@State
public class WakeAgainstSelect {
  private final Wakeup wakeup = new Wakeup();

  /** Stands for the selector's own lock and what it guards. */
  private final Object lock = new Object();

  private boolean interest;
  private boolean seen;
  private boolean event;
  private long nanos;

  private void select() {
    nanos = wakeup.begin(-1);
    synchronized (lock) {
      seen = interest;
    }
  }

  @Actor
  public void waker() {
    synchronized (lock) {
      interest = true;
    }
    wakeup.endSelect(
        () -> {
          synchronized (lock) {
            event = true;
          }
        });
  }

  @Actor
  public void poller() {
    select();
    synchronized (lock) {
      event = false; // it ends by that event, or by an edge
    }
    wakeup.end();
    select();
  }

  @Arbiter
  public void look(L_Result r) {
    if (seen) {
      r.r1 = "SEEN";
    } else if (event) {
      r.r1 = "WOKEN";
    } else {
      r.r1 = nanos >= 0 ? "SHORT" : "LOST";
    }
  }
}
