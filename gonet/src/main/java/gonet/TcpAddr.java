package gonet;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TCP connection or listener: an address and a port, or a port alone, which then means
 * any address of this machine. Immutable; the counterpart of Go's {@code net.TCPAddr}.
 *
 * <p>As in Go's {@code net} and unlike in {@code net/netip}, an IPv4-mapped IPv6 address is the
 * IPv4 address it carries.
 *
 * @since 0.1
 */
public final class TcpAddr implements NetAddr {
  static final String NETWORK = "tcp";

  // Not an AddrPort: every idle connection has one of these.

  private final Addr addr;
  private final int port;

  /** False if only a port was given, so that {@link #addr} is a stand-in. */
  private final boolean hostGiven;

  private TcpAddr(AddrPort addrPort, boolean hostGiven) {
    this.addr = addrPort.addr().unmap();
    this.port = addrPort.port();
    this.hostGiven = hostGiven;
  }

  /** Returns the TCP address of this pair; an IPv4-mapped address becomes IPv4. */
  public static TcpAddr of(AddrPort addrPort) {
    return new TcpAddr(addrPort, true);
  }

  /**
   * Returns the TCP address of a socket address of the JDK.
   *
   * @throws IllegalArgumentException if {@code address} is unresolved
   */
  public static TcpAddr of(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("unresolved address " + address);
    }
    return of(AddrPort.of(Addr.fromInet(address.getAddress()), address.getPort()));
  }

  /**
   * Returns the address {@code :port}: any address of this machine, of either family.
   *
   * @throws IllegalArgumentException if {@code port} is not within 0 to 65535
   */
  public static TcpAddr ofPort(int port) {
    return new TcpAddr(AddrPort.of(Addr.ipv6Unspecified(), port), false);
  }

  /**
   * Resolves {@code host:port} with the {@linkplain Resolver#system system's resolver} (Go: {@code
   * ResolveTCPAddr}). Of several addresses the first IPv4 one is chosen, and the first of any kind
   * if there is none. The port may be a service name; an empty one is 0.
   *
   * <p>Blocks while a name is looked up; literal addresses are never looked up.
   *
   * @param network {@code tcp}, {@code tcp4}, {@code tcp6}, or empty for {@code tcp}
   * @param address as {@link HostPort#split} reads it; empty for {@code :0}
   * @throws NetAddressException for any other network; if the address cannot be split, its port is
   *     invalid, or its host has no address of the family asked for
   * @throws DnsException if host or service name is unknown
   * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the
   *     lookup; its interrupt status stays set
   */
  public static TcpAddr resolve(String network, String address) throws IOException {
    String known = network.isEmpty() ? NETWORK : network;
    return AddressList.resolve(Lookup.plain(Resolver.system()), known, address)
        .forResolve(known, address);
  }

  /** Returns {@code tcp}. */
  @Override
  public String network() {
    return NETWORK;
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
   * family, and where it has none that of the network, IPv6 for {@code tcp6} only.
   */
  TcpAddr toLocal(String network) {
    if (!isWildcard()) {
      return this;
    }
    boolean ipv6 = hostGiven ? addr().is6() : network.endsWith("6");
    Addr loopback = ipv6 ? Addr.ipv6Loopback() : Addr.from4(new byte[] {127, 0, 0, 1});
    return of(AddrPort.of(loopback, port()));
  }

  /** Returns this address for APIs of the JDK; see {@link Addr#toInetAddress}. */
  public InetSocketAddress toInetSocketAddress() {
    return addrPort().toInetSocketAddress();
  }

  /** Addresses with and without a host are never equal, even if both are wildcards. */
  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof TcpAddr other
        && hostGiven == other.hostGiven
        && port == other.port
        && addr.equals(other.addr);
  }

  @Override
  public int hashCode() {
    return Objects.hash(addr, port, hostGiven);
  }

  /** Returns {@code 192.0.2.1:80}, {@code [fe80::1%eth0]:80} or {@code :80}. */
  @Override
  public String toString() {
    return hostGiven ? addrPort().toString() : ":" + port();
  }
}
