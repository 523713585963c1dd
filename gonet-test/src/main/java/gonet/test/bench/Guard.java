package gonet.test.bench;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether gonet has become slower: its lanes beside those of an earlier version, in turn. What a
 * machine does beside it only ever adds to a cost, so a round more can acquit a version and never
 * blame it; rounds are added until all goals are met, up to a number.
 */
final class Guard {
  /** Three percent, which best values of one run on a quiet machine can tell apart. */
  static final int PERCENT = 3;

  private static final double LIMIT = 1 + PERCENT / 100.0;

  /** Some five minutes. */
  static final int LEAST_ROUNDS = 3;

  static final int MOST_ROUNDS = 12;

  private static final Set<String> CASES = Set.of("P1", "P4", "P10", "P14/paced");
  private static final List<String> LANES = List.of("carrier", "shared");

  private Guard() {}

  /** The name of an earlier version's lane. */
  static String earlier(String lane) {
    return "earlier-" + lane;
  }

  /** Those of some cases that are watched, with the earlier version as the goal. */
  static List<Case> cases(List<Case> all) {
    return all.stream()
        .filter(which -> CASES.contains(which.name()))
        .map(which -> which.with(goals()))
        .toList();
  }

  private static Goals goals() {
    return new Goals(
        Map.of(
            "gonet-carrier", Map.of(earlier("carrier"), LIMIT),
            "gonet-shared", Map.of(earlier("shared"), LIMIT)),
        Double.NaN);
  }

  /** Whether no lane is slower in any case; a lane that was not measured is no proof. */
  static boolean isMet(Results results, List<Case> cases) {
    return cases.stream()
        .allMatch(
            which ->
                LANES.stream()
                    .allMatch(lane -> isMet(results, which, "gonet-" + lane, earlier(lane))));
  }

  private static boolean isMet(Results results, Case which, String now, String earlier) {
    return results
        .row(which, now)
        .flatMap(
            row -> results.row(which, earlier).flatMap(other -> results.met(which, row, other)))
        .orElse(false);
  }
}
