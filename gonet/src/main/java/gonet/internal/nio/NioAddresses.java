package gonet.internal.nio;

import gonet.internal.backend.Sockets.Family;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** From a channel's addresses to gonet's. */
final class NioAddresses {
  private NioAddresses() {}

  /**
   * A channel's address; where it has none, the family's unspecified address and port 0, which is
   * what getsockname(2) says of a socket that is not bound.
   */
  static AddrPort of(@Nullable SocketAddress address, Family family) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      return AddrPort.of(Addr.fromInet(inet.getAddress()), inet.getPort());
    }
    return AddrPort.of(family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified(), 0);
  }

  /** Whether the bytes on the wire are IPv4, however the address is written. */
  static boolean isIpv4(AddrPort address) {
    return address.addr().is4() || address.addr().is4In6();
  }
}
