package gonet.examples.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/** Numbers as Redis reads and writes them. */
final class Numbers {
  private static final int MAX_DIGITS = 19;

  private Numbers() {}

  /** A signed 64-bit number: no plus sign, no leading zero, nothing else around it. */
  static long parse(byte[] buf, int off, int len) throws CommandException {
    int i = off;
    int end = off + len;
    boolean negative = len > 0 && buf[i] == '-';
    if (negative) {
      i++;
    }
    int digits = end - i;
    if (digits < 1 || digits > MAX_DIGITS || (buf[i] == '0' && (digits > 1 || negative))) {
      throw CommandException.notAnInteger();
    }
    long value = 0; // negative: there is one more of them
    for (; i < end; i++) {
      int digit = buf[i] - '0';
      if (digit < 0 || digit > 9) {
        throw CommandException.notAnInteger();
      }
      value = value * 10 - digit;
      if (value > 0) {
        throw CommandException.notAnInteger();
      }
    }
    if (!negative && value == Long.MIN_VALUE) {
      throw CommandException.notAnInteger();
    }
    return negative ? value : -value;
  }

  /** A score: a decimal number, {@code inf} or {@code -inf}. */
  static double parseDouble(byte[] word) throws CommandException {
    String text = new String(word, ISO_8859_1);
    try {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
        case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
        default -> {
          // Java reads white space around it, "NaN" and a trailing "d" as well.
          if (text.isEmpty() || !isDecimal(text)) {
            throw new NumberFormatException(text);
          }
          double value = Double.parseDouble(text);
          if (Double.isInfinite(value)) {
            throw new NumberFormatException(text); // infinity has a name of its own
          }
          yield value;
        }
      };
    } catch (NumberFormatException e) {
      throw new CommandException("ERR value is not a valid float");
    }
  }

  private static boolean isDecimal(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0);
  }

  /** The shortest text that stands for exactly this score. */
  static byte[] format(double score) {
    String text;
    if (Double.isInfinite(score)) {
      text = score > 0 ? "inf" : "-inf";
    } else if (score == Math.rint(score) && Math.abs(score) < 1e17) {
      text = Long.toString((long) score);
    } else {
      text = Double.toString(score).replace(".0E", "e").replace('E', 'e').replace("e", "e+");
      text = text.replace("e+-", "e-");
    }
    return text.getBytes(ISO_8859_1);
  }
}
