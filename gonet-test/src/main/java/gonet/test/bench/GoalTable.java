package gonet.test.bench;

import gonet.test.report.Figures;
import gonet.test.report.Svg;
import java.util.List;
import java.util.Optional;

/** Which goals a lane of gonet reached: cases down, servers across. */
final class GoalTable {
  private static final List<String> SERVERS =
      List.of("c-epoll", "go", "jdk-virtual", "jdk-park", "netty");

  private final Results results;
  private final String lane;

  GoalTable(Results results, String lane) {
    this.results = results;
    this.lane = lane;
  }

  /** Empty if the lane was not measured. */
  String html() {
    StringBuilder html = new StringBuilder();
    List<String> servers = SERVERS.stream().filter(this::isThere).toList();
    for (Case which : results.cases()) {
      results.row(which, lane).ifPresent(row -> html.append(line(which, row, servers)));
    }
    if (html.isEmpty()) {
      return "";
    }
    StringBuilder head = new StringBuilder("<tr><th>" + lane + " ÷ …</th>");
    servers.forEach(server -> head.append("<th>" + server + "</th>"));
    return "<table class='goals'>" + head + "<th>alone</th></tr>\n" + html + "</table>\n";
  }

  private boolean isThere(String server) {
    return results.cases().stream().anyMatch(which -> results.row(which, server).isPresent());
  }

  private String line(Case which, Row ours, List<String> servers) {
    StringBuilder line = new StringBuilder("<tr><td class='case'>");
    line.append("<a href='#" + which.name() + "'>" + which.name() + "</a> ");
    line.append(Svg.escape(which.title()) + "</td>");
    for (String server : servers) {
      line.append(
          results.row(which, server).map(row -> cell(which, ours, row)).orElse("<td>–</td>"));
    }
    return line.append(alone(which, ours)).append("</tr>\n").toString();
  }

  private String cell(Case which, Row ours, Row theirs) {
    Optional<Boolean> met = results.met(which, ours, theirs);
    double goal = which.goals().ratio(lane, theirs.rival().name());
    String sign = which.metric().lowerIsBetter() ? "≤ " : "≥ ";
    return "<td class='"
        + met.map(reached -> reached ? "met" : "missed").orElse("")
        + "'>"
        + Figures.ratio(ours.ratioTo(theirs))
        + (Double.isNaN(goal) ? "" : "<small>" + sign + Figures.ratio(goal) + "</small>")
        + "</td>";
  }

  private static String alone(Case which, Row ours) {
    double limit = which.goals().limit();
    double best = ours.best().value();
    if (Double.isNaN(limit)) {
      return "<td>" + Figures.of(best) + "</td>";
    }
    String reached = best < limit ? "met" : "missed";
    String goal = "<small>&lt; " + Figures.of(limit) + "</small>";
    return "<td class='" + reached + "'>" + Figures.of(best) + goal + "</td>";
  }
}
