package gonet.internal.lookup;

import gonet.netip.Addr;
import gonet.netip.Prefix;
import java.util.List;

/**
 * A row of the default policy table of RFC 6724, section 2.1: destinations of higher precedence
 * come first, and a destination goes well with a source of the same label.
 *
 * <p>The table is Go's, so not the one of gai.conf(5): a program's order does not depend on a file
 * that few machines have.
 */
record AddrPolicy(Prefix prefix, int precedence, int label) {

  /** The longest prefixes first, so that the first one that matches is the best. */
  private static final List<AddrPolicy> TABLE =
      List.of(
          row("::1/128", 50, 0), // loopback
          row("::ffff:0:0/96", 35, 4), // IPv4
          row("::/96", 1, 3), // IPv4-compatible, deprecated: RFC 4291, 2.5.5.1
          row("2001::/32", 5, 5), // Teredo: RFC 4380
          row("2002::/16", 30, 2), // 6to4: RFC 3056
          row("3ffe::/16", 1, 12), // 6bone, given back: RFC 3701
          row("fec0::/10", 1, 11), // site-local, deprecated: RFC 3879
          row("fc00::/7", 3, 13), // unique local: RFC 4193
          row("::/0", 40, 1));

  private static AddrPolicy row(String prefix, int precedence, int label) {
    return new AddrPolicy(Prefix.parse(prefix), precedence, label);
  }

  /** The row for an address; IPv4 counts as IPv4-mapped, and a zone does not count. */
  static AddrPolicy of(Addr addr) {
    Addr six = Addr.from16(addr.as16());
    for (AddrPolicy row : TABLE) {
      if (row.covers(six)) {
        return row;
      }
    }
    throw new AssertionError(addr); // the last row covers everything
  }

  /** Bit by bit: {@code Prefix.contains} keeps IPv4-mapped addresses apart. */
  private boolean covers(Addr six) {
    return commonPrefixLength(prefix.addr().as16(), six.as16()) >= prefix.bits();
  }

  /** How many of the leading bits are the same. */
  static int commonPrefixLength(byte[] a, byte[] b) {
    for (int i = 0; i < a.length; i++) {
      int differs = (a[i] ^ b[i]) & 0xff;
      if (differs != 0) {
        return i * 8 + Integer.numberOfLeadingZeros(differs) - 24;
      }
    }
    return a.length * 8;
  }
}
