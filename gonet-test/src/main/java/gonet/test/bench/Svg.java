package gonet.test.bench;

import java.util.Locale;

/** Pieces of SVG and HTML. Colours are classes, which the page's style sheet knows. */
final class Svg {
  private final StringBuilder text = new StringBuilder();
  private final int width;
  private final int height;

  Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** The class of a server's colour. */
  static String colour(String server) {
    return "c-" + server;
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  Svg rect(String style, double x, double y, double w, double h) {
    return add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>", style, x, y, w, h);
  }

  Svg line(String style, double x1, double y1, double x2, double y2) {
    return add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", style, x1, y1, x2, y2);
  }

  Svg dot(String style, double x, double y) {
    return add("<circle class='%s' cx='%.1f' cy='%.1f' r='2.5'/>", style, x, y);
  }

  /** A line through points, given as "x,y x,y". */
  Svg path(String style, String points) {
    return add("<polyline class='%s' points='%s'/>", style, points);
  }

  Svg label(String style, double x, double y, String label) {
    return add("<text class='%s' x='%.1f' y='%.1f'>%s</text>", style, x, y, escape(label));
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
  private Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /** The whole picture; what it shows in words is for those who do not see it. */
  String text(String words) {
    return "<svg viewBox='0 0 %d %d' role='img' aria-label=\"%s\">\n%s</svg>\n"
        .formatted(width, height, escape(words), text);
  }
}
