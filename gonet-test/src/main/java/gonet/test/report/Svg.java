package gonet.test.report;

import java.util.Locale;

/** Pieces of SVG and HTML. Colours are classes, which the page's style sheet knows. */
public final class Svg {
  private final StringBuilder text = new StringBuilder();
  private final int width;
  private final int height;

  /** An empty picture, in units that the page stretches. */
  public Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** The class of a server's colour. */
  public static String colour(String server) {
    return "c-" + server;
  }

  /** A text as content or as value of an attribute. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Of a style class. */
  public Svg rect(String style, double x, double y, double w, double h) {
    return add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>", style, x, y, w, h);
  }

  /** Of a style class, from one point to another. */
  public Svg line(String style, double x1, double y1, double x2, double y2) {
    return add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", style, x1, y1, x2, y2);
  }

  /** Of a style class. */
  public Svg dot(String style, double x, double y) {
    return add("<circle class='%s' cx='%.1f' cy='%.1f' r='2.5'/>", style, x, y);
  }

  /** A line through points, given as "x,y x,y". */
  public Svg path(String style, String points) {
    return add("<polyline class='%s' points='%s'/>", style, points);
  }

  /** Words at a point. */
  public Svg label(String style, double x, double y, String label) {
    return add("<text class='%s' x='%.1f' y='%.1f'>%s</text>", style, x, y, escape(label));
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
  private Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /** The whole picture; what it shows in words is for those who do not see it. */
  public String text(String words) {
    return String.format(
        Locale.ROOT,
        "<svg viewBox='0 0 %d %d' role='img' aria-label=\"%s\">\n%s</svg>\n",
        width,
        height,
        escape(words),
        text);
  }
}
