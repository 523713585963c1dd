package gonet.netip;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** The way to and from the JDK's address classes. */
final class InetConversion {
  private InetConversion() {}

  static Addr fromInet(InetAddress address) {
    Addr plain = Addr.fromBytes(address.getAddress());
    return address instanceof Inet6Address inet6 ? plain.withZone(zoneOf(inet6)) : plain;
  }

  static InetAddress toInet(Addr address) {
    try {
      if (address.is4() || address.is4In6()) {
        return InetAddress.getByAddress(address.as4());
      }
      byte[] bytes = address.as16();
      int scopeId = scopeIdOf(address.zone());
      return scopeId > 0
          ? Inet6Address.getByAddress(null, bytes, scopeId)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      // Only an array of another length than 4 or 16 is refused.
      throw new AssertionError(e);
    }
  }

  private static String zoneOf(Inet6Address address) {
    NetworkInterface scoped = address.getScopedInterface();
    if (scoped != null) {
      return scoped.getName();
    }
    int scopeId = address.getScopeId();
    if (scopeId == 0) {
      return "";
    }
    try {
      NetworkInterface byIndex = NetworkInterface.getByIndex(scopeId);
      return byIndex == null ? Integer.toString(scopeId) : byIndex.getName();
    } catch (SocketException e) {
      // The interfaces cannot be listed: the number is still exact.
      return Integer.toString(scopeId);
    }
  }

  /**
   * Returns the interface index for a zone, or 0 if it names none (Go: {@code zoneCache.index}).
   */
  private static int scopeIdOf(String zone) {
    if (zone.isEmpty()) {
      return 0;
    }
    try {
      NetworkInterface byName = NetworkInterface.getByName(zone);
      if (byName != null) {
        return byName.getIndex();
      }
    } catch (SocketException e) {
      // As if there were no such interface.
    }
    return decimal(zone);
  }

  private static int decimal(String zone) {
    int value = 0;
    for (int i = 0; i < zone.length(); i++) {
      char c = zone.charAt(i);
      if (c < '0' || c > '9' || value > (Integer.MAX_VALUE - 9) / 10) {
        return 0;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
