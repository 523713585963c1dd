package gonet;

import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One end of a UDP socket, or of what it sends to: an address and a port, or a port alone, which
 * then means any address of this machine. Immutable; the counterpart of Go's {@code net.UDPAddr}.
 *
 * <p>As in Go's {@code net} and unlike in {@code net/netip}, an IPv4-mapped IPv6 address is the
 * IPv4 address it carries.
 *
 * @since 0.1
 */
public final class UdpAddr extends InetAddr {
  static final String NETWORK = "udp";

  private UdpAddr(AddrPort addrPort, boolean hostGiven) {
    super(addrPort, hostGiven);
  }

  /** Returns the UDP address of this pair; an IPv4-mapped address becomes IPv4. */
  public static UdpAddr of(AddrPort addrPort) {
    return new UdpAddr(addrPort, true);
  }

  /**
   * Returns the UDP address of a socket address of the JDK.
   *
   * @throws IllegalArgumentException if {@code address} is unresolved
   */
  public static UdpAddr of(InetSocketAddress address) {
    return of(resolved(address));
  }

  /**
   * Returns the address {@code :port}: any address of this machine, of either family.
   *
   * @throws IllegalArgumentException if {@code port} is not within 0 to 65535
   */
  public static UdpAddr ofPort(int port) {
    return new UdpAddr(portAlone(port), false);
  }

  /**
   * Resolves {@code host:port} with the {@linkplain Resolver#standard standard resolver} (Go:
   * {@code ResolveUDPAddr}). Of several addresses the first IPv4 one is chosen, and the first of
   * any kind if there is none. The port may be a service name; an empty one is 0.
   *
   * <p>Blocks while a name is looked up; literal addresses are never looked up.
   *
   * @param network {@code udp}, {@code udp4}, {@code udp6}, or empty for {@code udp}
   * @param address as {@link HostPort#split} reads it; empty for {@code :0}
   * @throws NetAddressException for any other network; if the address cannot be split, its port is
   *     invalid, or its host has no address of the family asked for
   * @throws DnsException if host or service name is unknown
   * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the
   *     lookup; its interrupt status stays set
   */
  public static UdpAddr resolve(String network, String address) throws IOException {
    String known = network.isEmpty() ? NETWORK : network;
    return AddressList.resolve(InetNetwork.UDP, Lookup.plain(Resolver.standard()), known, address)
        .forResolve(known, address);
  }

  /** Returns {@code udp}. */
  @Override
  public String network() {
    return NETWORK;
  }
}
