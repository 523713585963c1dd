package gonet.test.bench;

import gonet.test.report.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What was measured so far. Used by one thread. */
final class Results {
  private final Map<Case, Map<String, Row>> rows = new LinkedHashMap<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();
  private final List<OtherWork.Found> others = new ArrayList<>();

  Results(List<Case> cases, List<Rival> rivals) {
    for (Case which : cases) {
      Map<String, Row> row = new LinkedHashMap<>();
      for (Rival rival : rivals) {
        if (rival.modes().contains(which.mode())) {
          row.put(rival.name(), new Row(which, rival));
        }
      }
      rows.put(which, row);
    }
  }

  void add(Case which, Rival rival, Sample sample) {
    Row row = rows.getOrDefault(which, Map.of()).get(rival.name());
    if (row == null) {
      throw new IllegalArgumentException(rival.name() + " takes no part in " + which.name());
    }
    row.add(sample);
  }

  /** What others did on the machine in the round that has ended. */
  void addOthers(OtherWork.Found found) {
    others.add(found);
  }

  /** The same of each round; empty where the system does not tell. */
  List<OtherWork.Found> others() {
    return others;
  }

  /** A line for a round that others have disturbed. */
  Optional<String> warning(int round) {
    if (round >= others.size() || !others.get(round).disturbs()) {
      return Optional.empty();
    }
    OtherWork.Found found = others.get(round);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "round %d is disturbed: others used %s cores (load average %s before it)",
            round + 1,
            Figures.of(found.cores()),
            Figures.plain(found.loadAverageBefore())));
  }

  /** All such lines. */
  List<String> warnings() {
    return IntStream.range(0, others.size())
        .mapToObj(this::warning)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Says why a server, or a server in a case, is missing. */
  void skip(String what, String why) {
    skipped.putIfAbsent(what, why);
  }

  Map<String, String> skipped() {
    return skipped;
  }

  List<Case> cases() {
    return rows.entrySet().stream()
        .filter(entry -> entry.getValue().values().stream().anyMatch(row -> !row.isEmpty()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The servers that have been measured in a case. */
  List<Row> rows(Case which) {
    return new ArrayList<>(rows.getOrDefault(which, Map.of()).values())
        .stream().filter(row -> !row.isEmpty()).toList();
  }

  Optional<Row> row(Case which, String rival) {
    return rows(which).stream().filter(row -> row.rival().name().equals(rival)).findFirst();
  }

  /** Whether a lane of gonet reached its goal against a server; empty if it has none. */
  Optional<Boolean> met(Case which, Row gonet, Row server) {
    double goal = which.goals().ratio(gonet.rival().name(), server.rival().name());
    if (Double.isNaN(goal)) {
      return Optional.empty();
    }
    double ratio = gonet.ratioTo(server);
    return Optional.of(which.metric().lowerIsBetter() ? ratio <= goal : ratio >= goal);
  }
}
