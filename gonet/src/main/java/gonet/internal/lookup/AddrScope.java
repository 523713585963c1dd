package gonet.internal.lookup;

import gonet.netip.Addr;

/**
 * How far an address reaches, as a number: the larger, the farther. The numbers are those of IPv6
 * multicast addresses (RFC 4291, 2.7), to which RFC 6724, sections 3.1 and 3.2, maps all others.
 */
final class AddrScope {
  static final int LINK_LOCAL = 0x2;
  static final int SITE_LOCAL = 0x5;
  static final int GLOBAL = 0xe;

  private AddrScope() {}

  static int of(Addr addr) {
    if (addr.isLoopback() || addr.isLinkLocalUnicast()) {
      return LINK_LOCAL;
    }
    if (addr.is4()) {
      return GLOBAL; // private addresses, too: RFC 6724, 3.2
    }
    byte[] bytes = addr.as16();
    if (addr.isMulticast()) {
      return bytes[1] & 0xf;
    }
    boolean siteLocal = (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xc0) == 0xc0; // fec0::/10
    return siteLocal ? SITE_LOCAL : GLOBAL;
  }
}
