package gonet;

import gonet.LookupRequest.Family;
import gonet.internal.backend.Sockets;
import gonet.netip.Addr;
import java.io.IOException;
import java.util.Locale;

/**
 * A network of raw IP: a family and a protocol, as in {@code ip4:icmp} and {@code ip6:58}.
 *
 * @param name all of it
 */
record IpNetwork(String name, Family family, int protocol) {

  /** Whether this is meant to be one; also without a protocol, which is a mistake. */
  static boolean isMeant(String network) {
    return network.startsWith("ip:") || network.startsWith("ip4:") || network.startsWith("ip6:");
  }

  static IpNetwork parse(String network) throws NetAddressException {
    int colon = network.indexOf(':');
    if (!isMeant(network)) {
      throw AddressList.otherNetwork(network);
    }
    return new IpNetwork(
        network,
        Family.of(network.substring(0, colon)),
        protocol(network, network.substring(colon + 1)));
  }

  /** Of an address, for which no protocol matters: it may be missing. */
  static IpNetwork parseForAddress(String network) throws NetAddressException {
    boolean alone = network.indexOf(':') < 0 && isMeant(network + ":");
    return alone ? new IpNetwork(network, Family.of(network), 0) : parse(network);
  }

  /** Go's own table: the numbers of IANA that somebody uses. */
  private static int protocol(String network, String protocol) throws NetAddressException {
    return switch (protocol.toLowerCase(Locale.ROOT)) {
      case "icmp" -> 1;
      case "igmp" -> 2;
      case "tcp" -> 6;
      case "udp" -> 17;
      case "ipv6-icmp" -> 58;
      default -> number(network, protocol);
    };
  }

  private static int number(String network, String protocol) throws NetAddressException {
    int number = 0;
    boolean digits = !protocol.isEmpty() && protocol.length() <= 3;
    for (int i = 0; digits && i < protocol.length(); i++) {
      digits = protocol.charAt(i) >= '0' && protocol.charAt(i) <= '9';
      number = 10 * number + protocol.charAt(i) - '0';
    }
    if (!digits || number > 255) {
      throw OpErrors.badNetwork(network, "unknown IP protocol " + protocol);
    }
    return number;
  }

  /** The address behind a host, the first IPv4 one if there is any. */
  IpAddr resolve(Lookup lookup, String host) throws IOException {
    Addr first = null;
    for (Addr addr : lookup.addresses(host, family)) {
      if (family.has(addr)) {
        if (addr.is4()) {
          return IpAddr.of(addr);
        }
        first = first == null ? addr : first;
      }
    }
    if (first == null) {
      throw OpErrors.badAddress(host, "no suitable address found");
    }
    return IpAddr.of(first);
  }

  /** Any address of this machine, of this family; IPv4 where there are two. */
  IpAddr any() {
    return IpAddr.of(family == Family.IPV6 ? Addr.ipv6Unspecified() : Addr.ipv4Unspecified());
  }

  /** Refuses an address of the other family. */
  void check(IpAddr addr) throws NetAddressException {
    if (!family.has(addr.addr())) {
      throw OpErrors.badAddress(addr.toString(), "no suitable address found");
    }
  }

  /** Of a socket for this address. */
  static Sockets.Family socketFamily(IpAddr addr) {
    return addr.addr().is4() ? Sockets.Family.INET4 : Sockets.Family.INET6_ONLY;
  }
}
