package gonet;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.Sockets.Family;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import org.jspecify.annotations.Nullable;

/** Which family for which network and address, of TCP and UDP alike. */
final class InetSockets {
  private InetSockets() {}

  /** Of a socket that is bound; Go: {@code favoriteAddrFamily}. */
  static Family listenFamily(Sockets sockets, String network, InetAddr local) {
    if (network.endsWith("4")) {
      return Family.INET4;
    }
    if (network.endsWith("6")) {
      return Family.INET6_ONLY;
    }
    if (local.isWildcard()) {
      return sockets.supportsDualStack() ? Family.INET6_DUAL : Family.INET4;
    }
    return local.is4() ? Family.INET4 : Family.INET6_DUAL;
  }

  /** Whether a bind failed because there is no IPv6 here. */
  static boolean lacksIpv6(int errno) {
    return errno == Errno.EAFNOSUPPORT || errno == Errno.EADDRNOTAVAIL;
  }

  /** Of a socket that is connected. */
  static Family dialFamily(String network, @Nullable InetAddr local, InetAddr remote) {
    if (network.endsWith("6")) {
      return Family.INET6_ONLY;
    }
    boolean local4 = local == null || local.is4() || !local.hasHost();
    return target(network, remote).addr().is4() && local4 ? Family.INET4 : Family.INET6_DUAL;
  }

  /** Where a connection goes: an unspecified address means this machine. */
  static AddrPort target(String network, InetAddr remote) {
    return remote.toLocal(network);
  }

  /** A wildcard takes the family of its socket. */
  static AddrPort bindAddr(Family family, InetAddr local) {
    if (!local.isWildcard()) {
      return local.addrPort();
    }
    Addr any = family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
    return AddrPort.of(any, local.port());
  }

  /** The network with its family, as a control sees it: {@code tcp4}. */
  static String specific(String network, Family family) {
    return network + (family == Family.INET4 ? "4" : "6");
  }
}
