package gonet.test.report;

import java.util.Locale;

/** Numbers for people: three digits that mean something. */
public final class Figures {
  private Figures() {}

  /** An amount; a dash for what is no number. */
  public static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Without a fraction if there is none: for names. */
  public static String plain(double value) {
    return value == Math.rint(value) ? "" + (long) value : "" + value;
  }

  /** Two digits behind the point; a dash for what is no number. */
  public static String ratio(double value) {
    return Double.isNaN(value) || Double.isInfinite(value)
        ? "–"
        : String.format(Locale.ROOT, "%.2f", value);
  }

  /** A length of time in the unit that suits it, for axes. */
  public static String duration(double nanos) {
    return nanos < 1e6
        ? plain(nanos / 1e3) + " µs"
        : nanos < 1e9 ? plain(nanos / 1e6) + " ms" : plain(nanos / 1e9) + " s";
  }

  /** A whole number, its thousands apart. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Three digits behind the point, for what differs little. */
  public static String exact(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
