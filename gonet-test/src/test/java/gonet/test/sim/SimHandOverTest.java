package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.sim.Generations.Generation;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;

/**
 * Generations of a server under clients that connect without a pause, and one that stays: nobody is
 * refused or reset, and each gets its own bytes back.
 */
@NeedsSim
@Proves({"sim-hand-over", "handover"})
@Timeout(300)
class SimHandOverTest {

  /** Five generations, one after the other, each under full load. */
  static void succeed(Sim sim) throws Exception {
    Generations generations = new Generations(sim);
    Generation serving = generations.begin(3);
    for (int i = 0; i < 4; i++) {
      Servers.nap(sim, 10);
      Generation next = generations.start();
      next.awaitServing();
      serving.awaitEnd();
      generations.await("calls of " + next, next::served);
      serving = next;
    }
    generations.end();
  }

  @SimTest(seeds = 100)
  void generationsFollowEachOtherAndNobodyIsLost(Sim sim) throws Exception {
    succeed(sim);
  }

  /** The new one dies somewhere on its way; the old one serves on, and a later one takes over. */
  @SimTest(seeds = 300)
  void aSuccessorThatDiesChangesNothing(Sim sim) throws Exception {
    Generations generations = new Generations(sim);
    Generation old = generations.begin(2);
    for (int i = 0; i < 4; i++) {
      Generation doomed = generations.start();
      sim.sleep(Duration.ofNanos(sim.random().nextInt(4_000_000)));
      if (doomed.hasTaken()) {
        old.awaitEnd();
        old = doomed;
      } else {
        doomed.kill();
        generations.awaitCall();
        assertTrue(old.alive());
        assertFalse(old.retired());
      }
    }
    Generation last = generations.start();
    last.awaitServing();
    old.awaitEnd();
    generations.awaitCall();
    generations.end();
  }

  /** Of two that want to take over at once, one does, and then the other from it. */
  @SimTest(seeds = 200)
  void ofTwoSuccessorsOneTakesOverAndThenTheOther(Sim sim) throws Exception {
    Generations generations = new Generations(sim);
    Generation old = generations.begin(2);
    Generation one = generations.start();
    Servers.nap(sim, 3);
    Generation other = generations.start();
    one.awaitServing();
    other.awaitServing();
    old.awaitEnd();
    generations.await("one of two", () -> one.alive() != other.alive());
    Generation last = one.alive() ? one : other;
    assertFalse(last.retired());
    generations.await("calls of " + last, last::served);
    generations.end();
  }

  /** Also of two at once any may die, and a third takes over from whoever serves then. */
  @SimTest(seeds = 200)
  void ofTwoSuccessorsAnyMayDie(Sim sim) throws Exception {
    Generations generations = new Generations(sim);
    Generation old = generations.begin(2);
    Generation one = generations.start();
    Servers.nap(sim, 2);
    Generation other = generations.start();
    sim.sleep(Duration.ofNanos(sim.random().nextInt(6_000_000)));
    Generation doomed = sim.random().nextBoolean() ? one : other;
    if (!doomed.alive() || doomed.hasTaken()) {
      doomed = old; // which has gone already, or is going
    }
    if (!doomed.equals(old)) {
      doomed.kill();
      Generation left = doomed.equals(one) ? other : one;
      left.awaitServing();
    }
    generations.awaitCall();
    generations.start().awaitServing();
    old.awaitEnd();
    generations.awaitCall();
    generations.end();
  }

  /**
   * The old one dies when its listeners have gone over: its connections are lost, and no others.
   */
  @SimTest(seeds = 300)
  void aPredecessorThatDiesLeavesItsQueue(Sim sim) throws Exception {
    Generations generations = new Generations(sim);
    Generation old = generations.begin(2);
    Generation next = generations.start();
    generations.await("listeners", next::hasListeners);
    sim.sleep(Duration.ofNanos(sim.random().nextInt(4_000_000)));
    if (old.alive()) {
      generations.bearsResets();
      old.kill();
    }
    next.awaitServing();
    generations.await("calls of " + next, next::served);
    Generation last = generations.start();
    last.awaitServing();
    next.awaitEnd();
    generations.end();
  }
}
