package gonet.test.bench;

import gonet.test.report.Figures;
import gonet.test.report.Page;
import gonet.test.report.PercentileChart;
import gonet.test.report.Svg;
import java.util.List;
import java.util.StringJoiner;

/** The results as one page that needs nothing but itself. */
final class HtmlReport {
  private final Results results;
  private final Plan plan;

  HtmlReport(Results results, Plan plan) {
    this.results = results;
    this.plan = plan;
  }

  String text() {
    StringBuilder header = new StringBuilder();
    header.append("<p>" + machine() + "</p>\n");
    header.append(
        "<p>Bars are the best of "
            + plan.rounds()
            + (plan.rounds() == 1 ? " round" : " rounds in turn")
            + ", ticks the median, dots every round. Only ratios of one run mean something.</p>");
    for (String warning : results.warnings()) {
      header.append("<p><b>Warning:</b> " + Svg.escape(warning) + ".</p>\n");
    }
    StringBuilder html = new StringBuilder();
    for (String lane : List.of("gonet-carrier", "gonet-shared", "gonet-nio")) {
      html.append("<div class='scroll'>" + new GoalTable(results, lane).html() + "</div>\n");
    }
    for (Case which : results.cases()) {
      html.append(section(which));
    }
    results
        .skipped()
        .forEach(
            (what, why) ->
                html.append(
                    "<p class='skipped'>Without " + what + ": " + Svg.escape(why) + "</p>\n"));
    return Page.of("gonet, measured", header.toString(), html.toString());
  }

  private static String machine() {
    StringJoiner words = new StringJoiner(" · ");
    Machine.description().forEach((name, value) -> words.add(name + " " + value));
    return Svg.escape(words.toString());
  }

  private String section(Case which) {
    List<Row> rows = results.rows(which);
    StringBuilder html = new StringBuilder("<section id='" + which.name() + "'>\n");
    html.append("<h2><b>" + which.name() + "</b> " + Svg.escape(which.title()) + "</h2>\n<p>");
    html.append(which.metric().unit());
    html.append(which.metric().lowerIsBetter() ? ", shorter is better" : ", longer is better");
    html.append(
        which.placement() == Placement.SPLIT
            ? "; server and load on a core each"
            : "; server and load on all cores");
    html.append("</p>\n<div class='charts'><div>" + new BarChart(which, rows).svg() + "</div>");
    html.append("<div>" + percentiles(which, rows) + "</div></div>\n");
    html.append("<details><summary>figures</summary><div class='scroll'><table>");
    html.append("<tr><th>server</th><th>best</th><th>median</th><th>per s</th><th>p50 µs</th>");
    html.append("<th>p99 µs</th><th>p99.9 µs</th><th>max ms</th><th>server cores</th></tr>");
    rows.forEach(row -> html.append(figures(row)));
    return html.append("</table></div></details></section>\n").toString();
  }

  private static String percentiles(Case which, List<Row> rows) {
    return new PercentileChart(
            "latencies of " + which.title(),
            rows.stream()
                .map(
                    row ->
                        new PercentileChart.Curve(
                            Svg.colour(row.rival().name()), row.best().run().latencies()))
                .toList())
        .svg();
  }

  private static String figures(Row row) {
    LoadResult run = row.best().run();
    StringBuilder line = new StringBuilder("<tr><td>" + row.rival().name() + "</td>");
    for (double value :
        new double[] {
          row.best().value(),
          row.median().value(),
          run.requestsPerSecond(),
          run.latencyNanos(50) / 1e3,
          run.latencyNanos(99) / 1e3,
          run.latencyNanos(99.9) / 1e3,
          run.latencyNanos(100) / 1e6,
          run.serverCores()
        }) {
      line.append("<td>" + Figures.of(value) + "</td>");
    }
    return line.append("</tr>").toString();
  }
}
