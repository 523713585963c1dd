package gonet;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What addresses of TCP and UDP have in common: an IP address and a port, or a port alone, which
 * then means any address of this machine. Immutable.
 */
abstract sealed class InetAddr implements NetAddr permits TcpAddr, UdpAddr {

  // Not an AddrPort: every idle connection has one of these.

  private final Addr addr;
  private final int port;

  /** False if only a port was given, so that {@link #addr} is a stand-in. */
  private final boolean hostGiven;

  InetAddr(AddrPort addrPort, boolean hostGiven) {
    this.addr = addrPort.addr().unmap();
    this.port = addrPort.port();
    this.hostGiven = hostGiven;
  }

  /** The pair behind an address of the JDK. */
  static AddrPort resolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("unresolved address " + address);
    }
    return AddrPort.of(Addr.fromInet(address.getAddress()), address.getPort());
  }

  /** The pair that stands in where only a port was given. */
  static AddrPort portAlone(int port) {
    return AddrPort.of(Addr.ipv6Unspecified(), port);
  }

  /** Returns the IP address; {@code ::} if only a port was given. */
  public Addr addr() {
    return addr;
  }

  /** Returns the port, 0 to 65535. */
  public int port() {
    return port;
  }

  /** Returns address and port; the address is {@code ::} if only a port was given. */
  @Override
  public AddrPort addrPort() {
    return AddrPort.of(addr, port);
  }

  /** Whether an address was given, rather than a port alone as in {@code :8080}. */
  public boolean hasHost() {
    return hostGiven;
  }

  /**
   * Whether this means any address of the machine: {@code :8080}, {@code 0.0.0.0} or {@code ::}.
   */
  public boolean isWildcard() {
    return !hostGiven || addr().withZone("").isUnspecified();
  }

  /** Whether this has an IPv4 address. */
  boolean is4() {
    return hostGiven && addr().is4();
  }

  /**
   * Returns where a connection to this address goes: for a wildcard the loopback address of its
   * family, and where it has none that of the network, IPv6 for {@code tcp6} and {@code udp6} only.
   */
  AddrPort toLocal(String network) {
    if (!isWildcard()) {
      return addrPort();
    }
    boolean ipv6 = hostGiven ? addr().is6() : network.endsWith("6");
    Addr loopback = ipv6 ? Addr.ipv6Loopback() : Addr.from4(new byte[] {127, 0, 0, 1});
    return AddrPort.of(loopback, port());
  }

  /** Returns this address for APIs of the JDK; see {@link Addr#toInetAddress}. */
  public InetSocketAddress toInetSocketAddress() {
    return addrPort().toInetSocketAddress();
  }

  /**
   * Addresses of different networks are never equal, and neither are one with and one without a
   * host, even if both are wildcards.
   */
  @Override
  public final boolean equals(@Nullable Object object) {
    return object instanceof InetAddr other
        && network().equals(other.network())
        && hostGiven == other.hostGiven
        && port == other.port
        && addr.equals(other.addr);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(addr, port, hostGiven);
  }

  /** Returns {@code 192.0.2.1:80}, {@code [fe80::1%eth0]:80} or {@code :80}. */
  @Override
  public String toString() {
    return hostGiven ? addrPort().toString() : ":" + port();
  }
}
