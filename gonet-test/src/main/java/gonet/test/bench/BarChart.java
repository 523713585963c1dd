package gonet.test.bench;

import gonet.test.report.Figures;
import gonet.test.report.Svg;
import java.util.List;

/** A bar for each server's best round, a tick for its median and a dot for every round. */
final class BarChart {
  private static final int WIDTH = 620;
  private static final int LINE = 26;
  private static final int LEFT = 112;
  private static final int RIGHT = 74;

  private final Case which;
  private final List<Row> rows;
  private final double scale;

  BarChart(Case which, List<Row> rows) {
    this.which = which;
    this.rows = rows;
    double largest = 0;
    for (Row row : rows) {
      largest = Math.max(largest, row.best().value());
      // A median far off stays in the picture, a single wild round need not.
      largest = Math.max(largest, row.median().value());
    }
    scale = largest > 0 ? (WIDTH - LEFT - RIGHT) / largest : 0;
  }

  String svg() {
    Svg svg = new Svg(WIDTH, rows.size() * LINE + 4);
    double limit = which.goals().limit();
    for (int i = 0; i < rows.size(); i++) {
      draw(rows.get(i), i * LINE + 4, svg);
    }
    if (!Double.isNaN(limit) && limit * scale <= WIDTH - LEFT - RIGHT) {
      svg.line("goal", LEFT + limit * scale, 0, LEFT + limit * scale, rows.size() * LINE);
    }
    return svg.text(which.title() + ": " + which.metric().unit());
  }

  private void draw(Row row, double top, Svg svg) {
    String name = row.rival().name();
    double middle = top + LINE / 2.0 - 2;
    double best = row.best().value();
    svg.label(row.rival().isGonet() ? "name ours" : "name", LEFT - 8, middle + 4, name);
    svg.rect("bar " + Svg.colour(name), LEFT, top + 3, Math.max(1, best * scale), LINE - 10);
    double end = best;
    for (Sample sample : row.samples()) {
      double x = Math.min(sample.value() * scale, (double) WIDTH - LEFT - RIGHT);
      svg.dot("round " + Svg.colour(name), LEFT + x, middle);
      end = Math.max(end, Math.min(sample.value(), (WIDTH - LEFT - RIGHT) / scale));
    }
    double median = LEFT + row.median().value() * scale;
    svg.line("median", median, top + 1, median, top + LINE - 5);
    svg.label("value", LEFT + end * scale + 8, middle + 4, Figures.of(best));
  }
}
