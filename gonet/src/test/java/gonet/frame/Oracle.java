package gonet.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What must come out of a whole stream, found in the plainest way: text search and big integers, no
 * buffer and no state. The words are those of {@link Outcomes}.
 */
final class Oracle {
  private final String stream;
  private final TooLong tooLong;
  private final List<String> outcomes = new ArrayList<>();

  private Oracle(byte[] stream, TooLong tooLong) {
    this.stream = new String(stream, ISO_8859_1);
    this.tooLong = tooLong;
  }

  static List<String> delimited(
      byte[] stream, TooLong tooLong, byte[] delimiter, int max, boolean open) {
    Oracle o = new Oracle(stream, tooLong);
    o.delimited(new String(delimiter, ISO_8859_1), false, max, open);
    return o.outcomes;
  }

  static List<String> lines(byte[] stream, TooLong tooLong, int max, boolean open) {
    Oracle o = new Oracle(stream, tooLong);
    o.delimited("\n", true, max, open);
    return o.outcomes;
  }

  static List<String> prefixed(
      byte[] stream, TooLong tooLong, int prefixBytes, ByteOrder order, int max) {
    Oracle o = new Oracle(stream, tooLong);
    o.prefixed(prefixBytes, order, max);
    return o.outcomes;
  }

  /** A length of one byte at an offset, and messages as they stand there. */
  static List<String> field(byte[] stream, TooLong tooLong, int offset, int adjustment, int max) {
    Oracle o = new Oracle(stream, tooLong);
    o.field(offset, adjustment, max);
    return o.outcomes;
  }

  private void field(int offset, int adjustment, int max) {
    int at = 0;
    while (at < stream.length()) {
      int rest = stream.length() - at;
      if (rest <= offset) {
        outcomes.add("truncated " + rest + " of -1");
        return;
      }
      int whole = offset + 1 + stream.charAt(at + offset) + adjustment;
      if (whole <= offset) {
        outcomes.add("malformed");
        return;
      }
      boolean tooMuch = whole > max;
      if (tooMuch) {
        outcomes.add("too long " + whole);
        if (tooLong != TooLong.SKIP) {
          return;
        }
      }
      if (rest < whole) {
        outcomes.add("truncated " + rest + " of " + whole);
        return;
      }
      if (!tooMuch) {
        outcomes.add("frame " + quote(stream.substring(at, at + whole)));
      }
      at += whole;
    }
    outcomes.add("end");
  }

  private void delimited(String delimiter, boolean dropsCr, int max, boolean open) {
    int at = 0;
    while (at < stream.length()) {
      int end = stream.indexOf(delimiter, at);
      boolean last = end < 0;
      String frame = stream.substring(at, last ? stream.length() : end);
      if (dropsCr && !last && frame.endsWith("\r")) {
        frame = frame.substring(0, frame.length() - 1);
      }
      // Without its end in sight a frame is above the limit once no end could save it.
      int saved = last && !open ? possibleEnd(frame, dropsCr ? "\r\n" : delimiter) : 0;
      if (frame.length() - saved > max) {
        outcomes.add("too long");
        if (tooLong != TooLong.SKIP) {
          return;
        }
      } else if (!last || open) {
        outcomes.add("frame " + quote(frame));
      }
      if (last && !open) {
        outcomes.add("truncated " + frame.length() + " of -1");
        return;
      }
      at = last ? stream.length() : end + delimiter.length();
    }
    outcomes.add("end");
  }

  /** How many bytes at the end of {@code frame} may begin the delimiter. */
  private static int possibleEnd(String frame, String delimiter) {
    for (int n = delimiter.length() - 1; n > 0; n--) {
      if (frame.endsWith(delimiter.substring(0, n))) {
        return n;
      }
    }
    return 0;
  }

  private void prefixed(int prefixBytes, ByteOrder order, int max) {
    int at = 0;
    while (at < stream.length()) {
      String head = stream.substring(at, Math.min(stream.length(), at + prefixBytes));
      if (head.length() < prefixBytes) {
        outcomes.add("truncated " + head.length() + " of -1");
        return;
      }
      String high =
          order.equals(ByteOrder.BIG_ENDIAN) ? head : new StringBuilder(head).reverse() + "";
      BigInteger size = new BigInteger(1, high.getBytes(ISO_8859_1));
      int rest = stream.length() - at - prefixBytes;
      boolean whole = size.compareTo(BigInteger.valueOf(rest)) <= 0;
      if (size.compareTo(BigInteger.valueOf(max)) > 0) {
        outcomes.add("too long " + size.min(BigInteger.valueOf(Long.MAX_VALUE)));
        if (tooLong != TooLong.SKIP) {
          return;
        }
      } else if (whole) {
        int from = at + prefixBytes;
        outcomes.add("frame " + quote(stream.substring(from, from + size.intValueExact())));
      }
      if (!whole) {
        BigInteger all = size.add(BigInteger.valueOf(prefixBytes));
        outcomes.add(
            "truncated "
                + (rest + prefixBytes)
                + " of "
                + all.min(BigInteger.valueOf(Long.MAX_VALUE)));
        return;
      }
      at += prefixBytes + size.intValueExact();
    }
    outcomes.add("end");
  }

  private static String quote(String latin1) {
    return Outcomes.quote(latin1.getBytes(ISO_8859_1));
  }
}
