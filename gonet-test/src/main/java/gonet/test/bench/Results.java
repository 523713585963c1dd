package gonet.test.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured so far. Used by one thread. */
final class Results {
  private final Map<Case, Map<String, Row>> rows = new LinkedHashMap<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();

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
