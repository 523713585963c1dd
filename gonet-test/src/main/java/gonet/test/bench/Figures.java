package gonet.test.bench;

import java.util.Locale;

/** Numbers for people: three digits that mean something. */
final class Figures {
  private Figures() {}

  static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Without a fraction if there is none: for names. */
  static String plain(double value) {
    return value == Math.rint(value) ? "" + (long) value : "" + value;
  }

  static String ratio(double value) {
    return Double.isNaN(value) || Double.isInfinite(value)
        ? "–"
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
