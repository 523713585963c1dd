package gonet;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a raw IP socket: an address and no port. Immutable; the counterpart of Go's {@code
 * net.IPAddr}.
 *
 * @since 0.1
 */
public final class IpAddr implements NetAddr {
  static final String NETWORK = "ip";

  private final Addr addr;

  private IpAddr(Addr addr) {
    this.addr = addr;
  }

  /** Returns the address of this one; an IPv4-mapped address becomes IPv4. */
  public static IpAddr of(Addr addr) {
    return new IpAddr(addr.unmap());
  }

  /**
   * Resolves a host with the {@linkplain Resolver#standard standard resolver}. Of several addresses
   * the first IPv4 one is chosen, and the first of any kind if there is none. Go: {@code
   * ResolveIPAddr}.
   *
   * <p>Blocks while a name is looked up; literal addresses are never looked up.
   *
   * @param network {@code ip}, {@code ip4} or {@code ip6}, also with a protocol as {@link
   *     ListenConfig#listenIp} takes it; empty for {@code ip}
   * @throws NetAddressException for any other network; if the host has no address of the family
   *     asked for
   * @throws DnsException if the host is unknown
   * @throws java.io.InterruptedIOException if the thread is interrupted while it waits for the
   *     lookup; its interrupt status stays set
   */
  public static IpAddr resolve(String network, String host) throws IOException {
    return IpNetwork.parseForAddress(network.isEmpty() ? NETWORK : network)
        .resolve(Lookup.plain(Resolver.standard()), host);
  }

  /** Returns the IP address. */
  public Addr addr() {
    return addr;
  }

  /** Returns {@code ip}. */
  @Override
  public String network() {
    return NETWORK;
  }

  /** Returns the address with port 0. */
  @Override
  public AddrPort addrPort() {
    return AddrPort.of(addr, 0);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof IpAddr other && addr.equals(other.addr);
  }

  @Override
  public int hashCode() {
    return Objects.hash(NETWORK, addr);
  }

  /** Returns the address: {@code 192.0.2.1}, {@code fe80::1%eth0}. */
  @Override
  public String toString() {
    return addr.toString();
  }
}
