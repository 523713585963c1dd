package gonet.test.bench;

import java.util.List;

/**
 * What a run does.
 *
 * @param cases in their order
 * @param rounds of each
 * @param seconds that count, in each round
 * @param quietSeconds the same, where a server is to do nothing at all
 * @param warmSeconds before them
 * @param compileSeconds before them, for a JVM that was just started
 * @param sharesServers whether cases that ask the same of a server follow each other on one process
 */
record Plan(
    List<Case> cases,
    int rounds,
    double seconds,
    double quietSeconds,
    double warmSeconds,
    double compileSeconds,
    boolean sharesServers) {

  /** All rounds, every server fresh. */
  static Plan full(List<Case> cases, int rounds) {
    return new Plan(cases, rounds, 2, 10, 0.5, 3, false);
  }

  /** The same less some cases. */
  Plan without(List<Case> some) {
    return new Plan(
        cases.stream().filter(which -> !some.contains(which)).toList(),
        rounds,
        seconds,
        quietSeconds,
        warmSeconds,
        compileSeconds,
        sharesServers);
  }

  /** As much as three minutes hold: enough to see a change of a tenth, not to judge a goal. */
  static Plan brief(List<Case> cases, int rounds) {
    return new Plan(cases, rounds, 0.5, 1, 0.2, 1.5, true);
  }
}
