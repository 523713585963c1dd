package gonet.netip;

/** Prints addresses; {@link Addr#toString} has the rules. */
final class AddrFormat {
  private AddrFormat() {}

  static String compact(Addr a) {
    StringBuilder out = new StringBuilder(46);
    appendCompact(out, a);
    return out.toString();
  }

  static void appendCompact(StringBuilder out, Addr a) {
    if (a.is4()) {
      appendDotted(out, (int) a.low);
      return;
    }
    if (a.is4In6()) {
      appendDotted(out.append("::ffff:"), (int) a.low);
    } else {
      appendFields(out, a);
    }
    appendZone(out, a);
  }

  static String expanded(Addr a) {
    StringBuilder out = new StringBuilder(46);
    for (int i = 0; i < 8; i++) {
      if (i > 0) {
        out.append(':');
      }
      int field = field(a, i);
      for (int shift = 12; shift >= 0; shift -= 4) {
        out.append(Character.forDigit(field >>> shift & 0xf, 16));
      }
    }
    appendZone(out, a);
    return out.toString();
  }

  private static void appendDotted(StringBuilder out, int octets) {
    out.append(octets >>> 24).append('.').append(octets >>> 16 & 0xff).append('.');
    out.append(octets >>> 8 & 0xff).append('.').append(octets & 0xff);
  }

  private static void appendFields(StringBuilder out, Addr a) {
    // RFC 5952, 4.2: only the longest run of zero fields, the first of equals, never a single one.
    int runStart = -1;
    int runEnd = -1;
    int longest = 1;
    for (int i = 0; i < 8; ) {
      int end = i;
      while (end < 8 && field(a, end) == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        runStart = i;
        runEnd = end;
      }
      i = end + 1;
    }
    for (int i = 0; i < 8; ) {
      if (i == runStart) {
        out.append("::");
        i = runEnd;
        continue;
      }
      if (i > 0 && i != runEnd) {
        out.append(':');
      }
      out.append(Integer.toHexString(field(a, i)));
      i++;
    }
  }

  private static void appendZone(StringBuilder out, Addr a) {
    if (!a.zone().isEmpty()) {
      out.append('%').append(a.zone());
    }
  }

  /** The 16-bit field at {@code index} of eight. */
  private static int field(Addr a, int index) {
    long half = index < 4 ? a.high : a.low;
    return (int) (half >>> 16 * (3 - index % 4)) & 0xffff;
  }
}
