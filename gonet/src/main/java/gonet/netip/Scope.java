package gonet.netip;

/**
 * What an address is for, by the ranges of the RFCs. An IPv4-mapped address is judged as the IPv4
 * address it carries.
 */
final class Scope {
  private Scope() {}

  /** RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3. */
  static boolean isLoopback(Addr a) {
    return carries4(a) ? octets(a) >>> 24 == 127 : a.high == 0 && a.low == 1;
  }

  /** RFC 1112, section 4; RFC 4291, 2.7. */
  static boolean isMulticast(Addr a) {
    return carries4(a) ? octets(a) >>> 28 == 0xe : a.high >>> 56 == 0xff;
  }

  /** RFC 1918, section 3; RFC 4193, section 3. */
  static boolean isPrivate(Addr a) {
    if (!carries4(a)) {
      return a.high >>> 57 == 0xfc >>> 1;
    }
    int o = octets(a);
    return o >>> 24 == 10 || o >>> 20 == (172 << 4 | 1) || o >>> 16 == (192 << 8 | 168);
  }

  /** RFC 3927, 2.1; RFC 4291, 2.5.6. */
  static boolean isLinkLocalUnicast(Addr a) {
    return carries4(a) ? octets(a) >>> 16 == (169 << 8 | 254) : a.high >>> 54 == 0xfe80 >>> 6;
  }

  /** RFC 5771, section 4; RFC 4291, 2.7. */
  static boolean isLinkLocalMulticast(Addr a) {
    return carries4(a) ? octets(a) >>> 8 == 224 << 16 : multicastScope(a) == 2;
  }

  /** RFC 4291, 2.7; IPv4 has no such scope. */
  static boolean isInterfaceLocalMulticast(Addr a) {
    return !carries4(a) && multicastScope(a) == 1;
  }

  static boolean isGlobalUnicast(Addr a) {
    Addr plain = a.unmap();
    boolean broadcast = plain.is4() && octets(plain) == -1;
    return !broadcast
        && !plain.isUnspecified()
        && !isLoopback(plain)
        && !isMulticast(plain)
        && !isLinkLocalUnicast(plain);
  }

  private static boolean carries4(Addr a) {
    return a.is4() || a.is4In6();
  }

  private static int octets(Addr a) {
    return (int) a.low;
  }

  /** The scope field of an IPv6 multicast address, whatever its flags; −1 if it is none. */
  private static int multicastScope(Addr a) {
    return a.high >>> 56 == 0xff ? (int) (a.high >>> 48) & 0xf : -1;
  }
}
