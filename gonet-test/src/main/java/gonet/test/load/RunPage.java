package gonet.test.load;

import gonet.test.report.Figures;
import gonet.test.report.Page;
import gonet.test.report.PercentileChart;
import gonet.test.report.Svg;
import gonet.test.report.TimeChart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** A run, or a comparison of two, as a page for people. */
final class RunPage {
  private final StringBuilder contents = new StringBuilder();
  private final String title;
  private final String words;

  /**
   * An empty one.
   *
   * @param words below the title
   */
  RunPage(String title, String words) {
    this.title = title;
    this.words = words;
  }

  RunPage figures(Histogram latencies, double seconds) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("requests", Figures.count(latencies.getTotalCount()));
    rows.put("seconds", Figures.of(seconds));
    rows.put("rate", Figures.of(latencies.getTotalCount() / seconds) + "/s");
    if (latencies.getTotalCount() > 0) {
      rows.put("mean", Figures.of(latencies.getMean() / 1e3) + " µs");
      for (double percentile : Summary.PERCENTILES) {
        rows.put(
            percentile == 100 ? "longest" : "p" + Figures.plain(percentile),
            Figures.of(latencies.getValueAtPercentile(percentile) / 1e3) + " µs");
      }
    }
    return section("figures", "Figures", table(rows));
  }

  RunPage history(History history) {
    List<History.Point> points = history.points();
    List<Double> at = values(points, History.Point::atSeconds);
    String rate =
        new TimeChart(
                "requests a second over time",
                at,
                List.of(new TimeChart.Curve("s-1", values(points, History.Point::perSecond))),
                false,
                Figures::plain)
            .svg();
    section("rate", "Requests a second", rate);
    String latencies =
        new TimeChart(
                "latencies over time",
                at,
                List.of(
                    new TimeChart.Curve("s-1", values(points, History.Point::p50Nanos)),
                    new TimeChart.Curve("s-2", values(points, History.Point::p99Nanos)),
                    new TimeChart.Curve("s-3", values(points, History.Point::p999Nanos)),
                    new TimeChart.Curve("s-4", values(points, History.Point::maxNanos))),
                true,
                Figures::duration)
            .svg();
    section("latency", "Latency over time", legend("p50", "p99", "p99.9", "longest") + latencies);
    if (points.stream().anyMatch(p -> p.open() > History.UNKNOWN)) {
      String open =
          new TimeChart(
                  "open connections over time",
                  at,
                  List.of(new TimeChart.Curve("s-1", values(points, p -> (double) p.open()))),
                  false,
                  Figures::plain)
              .svg();
      section("open", "Open connections", open);
    }
    if (points.stream().anyMatch(p -> p.errors() > 0)) {
      String errors =
          new TimeChart(
                  "errors over time",
                  at,
                  List.of(new TimeChart.Curve("s-4", values(points, p -> (double) p.errors()))),
                  false,
                  Figures::plain)
              .svg();
      section("errors-over-time", "Errors over time", errors);
    }
    return this;
  }

  RunPage percentiles(Map<String, Histogram> runs) {
    List<PercentileChart.Curve> curves = new ArrayList<>();
    for (Histogram run : runs.values()) {
      curves.add(new PercentileChart.Curve("s-" + (curves.size() + 1), run));
    }
    String names = runs.size() == 1 ? "" : legend(runs.keySet().toArray(String[]::new));
    return section(
        "percentiles",
        "Latency by percentile",
        names + new PercentileChart("latency by percentile", curves).svg());
  }

  RunPage errors(Map<String, Long> errors) {
    Map<String, String> rows = new TreeMap<>();
    errors.forEach((name, count) -> rows.put(name, Figures.count(count)));
    return section("errors", "Errors", errors.isEmpty() ? "<p>None.</p>\n" : table(rows));
  }

  RunPage comparison(Comparison comparison) {
    StringBuilder table = new StringBuilder("<table>\n<tr><th></th><th>before</th><th>after</th>");
    table.append("<th>ratio</th><th>95 % interval</th><th></th></tr>\n");
    for (Comparison.Line line : comparison.lines()) {
      table.append("<tr><td>" + line.name() + "</td>");
      table.append("<td>" + Figures.of(line.before()) + " " + line.unit() + "</td>");
      table.append("<td>" + Figures.of(line.after()) + " " + line.unit() + "</td>");
      table.append("<td>" + Figures.exact(line.ratio()) + "</td>");
      table.append(
          "<td>" + Figures.exact(line.low()) + " – " + Figures.exact(line.high()) + "</td>");
      table.append("<td>" + line.verdict() + "</td></tr>\n");
    }
    return section("comparison", "Before and after", table.append("</table>\n").toString());
  }

  String text() {
    return Page.of(title, "<p>" + Svg.escape(words) + "</p>\n", contents.toString());
  }

  private RunPage section(String id, String heading, String html) {
    contents.append("<section id='" + id + "'>\n<h2>" + heading + "</h2>\n" + html);
    contents.append("</section>\n");
    return this;
  }

  private static String table(Map<String, String> rows) {
    StringBuilder table = new StringBuilder("<table>\n");
    rows.forEach(
        (name, value) ->
            table.append(
                "<tr><td>%s</td><td>%s</td></tr>%n"
                    .formatted(Svg.escape(name), Svg.escape(value))));
    return table.append("</table>\n").toString();
  }

  private static String legend(String... names) {
    StringBuilder legend = new StringBuilder("<p class='legend'>");
    for (int i = 0; i < names.length; i++) {
      legend.append("<span class='s-" + (i + 1) + "'>■</span> " + Svg.escape(names[i]) + " ");
    }
    return legend.append("</p>\n").toString();
  }

  private static List<Double> values(
      List<History.Point> points, Function<History.Point, Double> value) {
    return points.stream().map(value).toList();
  }
}
