package gonet.internal.poll;

import gonet.internal.backend.Readiness;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The other side leaves, while somebody asks to be told. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Told, and once.")
@State
public class HangUpAgainstListener {
  private final PollDesc desc = new PollDesc(StressLane.LANE, null);
  private final AtomicInteger told = new AtomicInteger();

  @Actor
  public void listener() {
    desc.whenHungUp(told::incrementAndGet);
  }

  @Actor
  public void poller() {
    desc.ready(Readiness.READ | Readiness.STICKY | Readiness.HANGUP);
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = told.get();
  }
}
