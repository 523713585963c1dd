package gonet.netip;

import java.util.HexFormat;

/**
 * One parse of one text, a single pass from left to right. The grammar is that of RFC 4291, 2.2 and
 * RFC 4007, section 11 with the restrictions {@link Addr#parse} lists; the first violation met ends
 * the parse, in Go's order, so that the same text gives the same message.
 */
final class AddrParser {
  private static final int FIELDS = 8;

  private final String text;

  /** End of the address proper: the index of the first percent sign, or the length. */
  private final int end;

  /** Index of the next character to look at. */
  private int at;

  /** The 16-bit fields read so far, and how many they are. */
  private final int[] fields = new int[FIELDS];

  private int count;

  /** How many fields stood before the double colon; −1 while none was seen. */
  private int gap = -1;

  AddrParser(String text) {
    this.text = text;
    int percent = text.indexOf('%');
    this.end = percent < 0 ? text.length() : percent;
  }

  Addr parse() {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '.' -> {
          return Addr.ipv4(dotted(0, text.length()));
        }
        case ':' -> {
          return ipv6();
        }
        case '%' -> throw failure("missing IPv6 address");
        default -> {
          // Neither family yet.
        }
      }
    }
    throw failure("unable to parse IP");
  }

  private Addr ipv6() {
    String zone = "";
    if (end < text.length()) {
      zone = text.substring(end + 1);
      if (zone.isEmpty()) {
        throw failure("zone must be a non-empty string");
      }
    }
    boolean more = true;
    if (text.startsWith("::")) {
      gap = 0;
      at = 2;
      more = at < end;
    }
    while (more && count < FIELDS) {
      more = field();
    }
    if (at < end) {
      throw failureAt("trailing garbage after address", at, end);
    }
    return assemble().withZone(zone);
  }

  /** Reads one field and the colons behind it; returns whether another field must follow. */
  private boolean field() {
    int start = at;
    int value = 0;
    for (; at < end && HexFormat.isHexDigit(text.charAt(at)); at++) {
      if (at - start == 4) {
        throw failureAt("each group must have 4 or less digits", start, end);
      }
      value = value << 4 | HexFormat.fromHexDigit(text.charAt(at));
    }
    if (at == start) {
      throw failureAt("each colon-separated field must have at least one digit", start, end);
    }
    if (at < end && text.charAt(at) == '.') {
      embedded(start);
      return false;
    }
    fields[count++] = value;
    return at < end && colons();
  }

  private boolean colons() {
    if (text.charAt(at) != ':') {
      throw failureAt("unexpected character, want colon", at, end);
    }
    if (at + 1 == end) {
      throw failureAt("colon must be followed by more characters", at, end);
    }
    at++;
    if (text.charAt(at) != ':') {
      return true;
    }
    if (gap >= 0) {
      throw failureAt("multiple :: in address", at, end);
    }
    gap = count;
    at++;
    return at < end;
  }

  /** Reads the dotted IPv4 address that ends an IPv6 address and fills its last two fields. */
  private void embedded(int start) {
    if (gap < 0 && count != FIELDS - 2) {
      throw failureAt(
          "embedded IPv4 address must replace the final 2 fields of the address", start, end);
    }
    if (count > FIELDS - 2) {
      throw failureAt(
          "too many hex fields to fit an embedded IPv4 at the end of the address", start, end);
    }
    int octets = dotted(start, end);
    fields[count++] = octets >>> 16;
    fields[count++] = octets & 0xffff;
    at = end;
  }

  private Addr assemble() {
    if (count < FIELDS && gap < 0) {
      throw failure("address string too short");
    }
    if (count == FIELDS && gap >= 0) {
      throw failure("the :: must expand to at least one field of zeros");
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < count; i++) {
      // Fields behind the gap count from the end of the address.
      int place = gap >= 0 && i >= gap ? FIELDS - count + i : i;
      long shifted = (long) fields[i] << 16 * (3 - place % 4);
      if (place < 4) {
        high |= shifted;
      } else {
        low |= shifted;
      }
    }
    return Addr.ipv6(high, low);
  }

  /** Reads four decimal fields between the two indices; returns them as 32 bits. */
  private int dotted(int from, int to) {
    int octets = 0;
    int dots = 0;
    int value = 0;
    int fieldStart = from;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        if (value == 0 && i == fieldStart + 1) {
          throw failure("IPv4 field has octet with leading zero");
        }
        value = value * 10 + (c - '0');
        if (value > 255) {
          throw failure("IPv4 field has value >255");
        }
      } else if (c == '.') {
        if (i == fieldStart || i == to - 1) {
          throw failureAt("IPv4 field must have at least one digit", i, to);
        }
        if (dots == 3) {
          throw failure("IPv4 address too long");
        }
        octets = octets << 8 | value;
        dots++;
        value = 0;
        fieldStart = i + 1;
      } else {
        throw failureAt("unexpected character", i, to);
      }
    }
    if (dots < 3) {
      throw failure("IPv4 address too short");
    }
    return octets << 8 | value;
  }

  private AddrParseException failure(String why) {
    return new AddrParseException("ParseAddr(" + Quote.of(text) + "): " + why);
  }

  private AddrParseException failureAt(String why, int from, int to) {
    return from == to
        ? failure(why)
        : failure(why + " (at " + Quote.of(text.substring(from, to)) + ")");
  }
}
