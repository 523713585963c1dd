package gonet.test.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Leaves out faults, one after the other and first half of them at once, as long as the failure
 * stays of the same sort. What all others draw from the seed does not change by that.
 */
final class Shrinker {
  private static final int TRIES = 100;

  private Shrinker() {}

  /** The failure with the fewest faults that were found, and its log. */
  static SimFailure explain(Outcome failed, Sim.Scenario scenario) {
    Outcome.Failure failure = Objects.requireNonNull(failed.failure());
    Set<Integer> without = new HashSet<>();
    List<Fault> needed = new ArrayList<>(failed.faults());
    int tries = 0;
    for (int chunk = Math.max(1, needed.size() / 2); !needed.isEmpty(); chunk /= 2) {
      for (int at = 0; at < needed.size() && tries < TRIES; ) {
        List<Fault> tried = needed.subList(at, Math.min(needed.size(), at + chunk));
        Set<Integer> more = new HashSet<>(without);
        tried.forEach(fault -> more.add(fault.number()));
        Outcome again = attempt(failed.seed(), scenario, more, false);
        tries++;
        Outcome.Failure other = again.failure();
        if (other != null && failure.resembles(other)) {
          without.addAll(more);
          tried.clear();
        } else {
          at += chunk;
        }
      }
      if (chunk == 1) {
        break;
      }
    }
    Outcome told = attempt(failed.seed(), scenario, without, true);
    if (told.failure() == null) {
      told = attempt(failed.seed(), scenario, Set.of(), true);
    }
    if (told.failure() == null) {
      // It failed once and does not again: something outside of the seed has a part in it.
      told =
          new Outcome(
              failed.seed(),
              new Outcome.Failure(
                  Outcome.Kind.LEFT,
                  "not the same twice: " + failure.text() + ", and then nothing",
                  failure.cause()),
              told.log(),
              told.virtualTime(),
              told.realTime(),
              told.steps(),
              told.faults(),
              told.unfinished());
    }
    return new SimFailure(told, told.faults());
  }

  private static Outcome attempt(
      long seed, Sim.Scenario scenario, Set<Integer> without, boolean log) {
    return Sim.attempt(seed, scenario, Sim.Settings.DEFAULTS.withLog(log).without(without));
  }
}
