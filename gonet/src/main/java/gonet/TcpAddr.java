package gonet;

import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One end of a TCP connection or listener: an address and a port, or a port alone, which then means
 * any address of this machine. Immutable; the counterpart of Go's {@code net.TCPAddr}.
 *
 * <p>As in Go's {@code net} and unlike in {@code net/netip}, an IPv4-mapped IPv6 address is the
 * IPv4 address it carries.
 *
 * @since 0.1
 */
public final class TcpAddr extends InetAddr {
  static final String NETWORK = "tcp";

  private TcpAddr(AddrPort addrPort, boolean hostGiven) {
    super(addrPort, hostGiven);
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
    return of(resolved(address));
  }

  /**
   * Returns the address {@code :port}: any address of this machine, of either family.
   *
   * @throws IllegalArgumentException if {@code port} is not within 0 to 65535
   */
  public static TcpAddr ofPort(int port) {
    return new TcpAddr(portAlone(port), false);
  }

  /**
   * Resolves {@code host:port} with the {@linkplain Resolver#standard standard resolver} (Go:
   * {@code ResolveTCPAddr}). Of several addresses the first IPv4 one is chosen, and the first of
   * any kind if there is none. The port may be a service name; an empty one is 0.
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
    return AddressList.resolve(InetNetwork.TCP, Lookup.plain(Resolver.standard()), known, address)
        .forResolve(known, address);
  }

  /** Returns {@code tcp}. */
  @Override
  public String network() {
    return NETWORK;
  }
}
