package gonet.test.bench;

import gonet.test.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results as text: a table for each case. */
final class TableReport {
  private final Results results;

  TableReport(Results results) {
    this.results = results;
  }

  /** All cases, ready to print. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Case which : results.cases()) {
      table(which, text);
    }
    results.warnings().forEach(warning -> text.append("WARNING: " + warning + "\n"));
    results.skipped().forEach((what, why) -> text.append("without " + what + ": " + why + "\n"));
    return text.toString();
  }

  private void table(Case which, StringBuilder text) {
    Metric metric = which.metric();
    text.append(which.name() + "  " + which.title() + "\n");
    text.append(
        "    "
            + metric.unit()
            + (metric.lowerIsBetter() ? ", lower is better; " : ", higher is better; ")
            + (which.placement() == Placement.SPLIT
                ? "server on core 0, load on core 1"
                : "all cores free")
            + (Double.isNaN(which.goals().limit())
                ? ""
                : "; goal: below " + Figures.of(which.goals().limit()))
            + "\n");
    List<Row> lanes = results.rows(which).stream().filter(r -> r.rival().isGonet()).toList();
    List<String> head = new ArrayList<>(List.of("server", "best", "median"));
    lanes.forEach(lane -> head.add(lane.rival().name().substring("gonet-".length()) + "÷it"));
    head.addAll(List.of("per s", "p50 µs", "p99 µs", "max ms", "errors"));
    List<List<String>> lines = new ArrayList<>(List.of(head));
    results.rows(which).forEach(row -> lines.add(cells(which, row, lanes)));
    int[] widths = new int[head.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(Math.max(widths[i], line.get(i).length()), i == 0 ? 14 : 12);
      }
    }
    lines.forEach(line -> text.append(line(line, widths)));
    text.append("\n");
  }

  private List<String> cells(Case which, Row row, List<Row> lanes) {
    Sample best = row.best();
    List<String> cells = new ArrayList<>();
    cells.add(row.rival().name());
    cells.add(Figures.of(best.value()));
    cells.add(Figures.of(row.median().value()));
    for (Row lane : lanes) {
      cells.add(lane == row ? "" : ratio(which, lane, row));
    }
    LoadResult run = best.run();
    cells.add(run.requests() == 0 ? "–" : Figures.of(run.requestsPerSecond()));
    cells.add(Figures.of(run.latencyNanos(50) / 1e3));
    cells.add(Figures.of(run.latencyNanos(99) / 1e3));
    cells.add(Figures.of(run.latencyNanos(100) / 1e6));
    cells.add("" + row.samples().stream().mapToLong(sample -> sample.run().errors()).sum());
    return cells;
  }

  /** With a mark: reached, or the goal that was not. */
  private String ratio(Case which, Row lane, Row server) {
    String ratio = Figures.ratio(lane.ratioTo(server));
    double goal = which.goals().ratio(lane.rival().name(), server.rival().name());
    return results
        .met(which, lane, server)
        .map(met -> ratio + (met ? " ✓" : " (" + Figures.ratio(goal) + ")"))
        .orElse(ratio);
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder("  ");
    for (int i = 0; i < cells.size(); i++) {
      String format = i == 0 ? "%-" + widths[i] + "s" : " %" + widths[i] + "s";
      line.append(String.format(Locale.ROOT, format, cells.get(i)));
    }
    return line.toString().stripTrailing() + "\n";
  }
}
