package gonet;

import gonet.LookupRequest.Family;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses one {@code host:port} stands for, at least one, in the resolver's order (Go: {@code
 * addrList} and {@code internetAddrList}).
 */
record AddressList<A extends InetAddr>(List<A> addresses) {
  static final String MISSING = "missing address";

  private static final String NO_SUITABLE_ADDRESS = "no suitable address found";

  AddressList {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("empty address list");
    }
  }

  /**
   * Resolves an address to listen on. An empty one is {@code :0}, an empty host any address.
   *
   * @throws NetAddressException unless the network is one of {@code kind}
   */
  static <A extends InetAddr> AddressList<A> resolve(
      InetNetwork<A> kind, Lookup lookup, String network, String address) throws IOException {
    kind.check(network);
    if (address.isEmpty()) {
      return new AddressList<>(List.of(kind.ofPort(0)));
    }
    HostPort split = HostPort.split(address);
    int port = Lookup.port(kind.name(), split.port());
    String host = split.host();
    if (host.isEmpty()) {
      return new AddressList<>(List.of(kind.ofPort(port)));
    }
    List<A> usable = new ArrayList<>();
    Family family = Family.of(network);
    for (Addr addr : withIpv4Wildcard(lookup.addresses(host, family))) {
      if (family.has(addr)) {
        usable.add(kind.of(AddrPort.of(addr, port)));
      }
    }
    if (usable.isEmpty()) {
      throw OpErrors.badAddress(host, NO_SUITABLE_ADDRESS);
    }
    return new AddressList<>(usable);
  }

  /**
   * Resolves an address to dial: it must not be empty, and where the local address has a family,
   * only addresses of that family count.
   */
  static <A extends InetAddr> AddressList<A> resolveForDial(
      InetNetwork<A> kind, Lookup lookup, String network, String address, @Nullable A local)
      throws IOException {
    kind.check(network);
    if (address.isEmpty()) {
      throw OpErrors.badAddress("", MISSING);
    }
    return resolve(kind, lookup, network, address).reachableFrom(local, network);
  }

  /** The one address to dial, with the same rules. */
  static <A extends InetAddr> AddressList<A> forDial(
      InetNetwork<A> kind, String network, A remote, @Nullable A local) throws IOException {
    kind.check(network);
    checkFamily(network, remote);
    return new AddressList<>(List.of(remote)).reachableFrom(local, network);
  }

  /** The failure for a network that is not the one asked for: known elsewhere, or to nobody. */
  static NetAddressException otherNetwork(String network) {
    return knownElsewhere(network)
        ? OpErrors.unsupportedNetwork(network)
        : OpErrors.unknownNetwork(network);
  }

  /** Whether Go knows this network. A protocol may stand behind a colon: {@code ip4:icmp}. */
  private static boolean knownElsewhere(String network) {
    int colon = network.indexOf(':');
    return switch (colon < 0 ? network : network.substring(0, colon)) {
      case "ip", "ip4", "ip6" -> true;
      case "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket" ->
          colon < 0;
      default -> false;
    };
  }

  /** Refuses an address of the family that the network leaves out. */
  static void checkFamily(String network, InetAddr addr) throws NetAddressException {
    if (addr.hasHost() && network.endsWith(addr.is4() ? "6" : "4")) {
      throw OpErrors.badAddress(addr.addr().toString(), NO_SUITABLE_ADDRESS);
    }
  }

  /** Go issue 18806: some machines can bind {@code ::} but not connect to it. */
  private static List<Addr> withIpv4Wildcard(List<Addr> addrs) {
    return addrs.size() == 1 && addrs.getFirst().equals(Addr.ipv6Unspecified())
        ? List.of(Addr.ipv6Unspecified(), Addr.ipv4Unspecified())
        : addrs;
  }

  private AddressList<A> reachableFrom(@Nullable A local, String network)
      throws NetAddressException {
    if (local == null) {
      return this;
    }
    if (local.isWildcard()) {
      // Any other one becomes the wildcard of the socket's family.
      if (network.endsWith("4") && local.hasHost() && !local.is4()) {
        throw OpErrors.badAddress(local.addr().toString(), "non-IPv4 address");
      }
      return this;
    }
    return ofFamily(local);
  }

  private AddressList<A> ofFamily(A local) throws NetAddressException {
    List<A> matching = new ArrayList<>();
    for (A address : addresses) {
      if (address.isWildcard() || address.is4() == local.is4()) {
        matching.add(address);
      }
    }
    if (matching.isEmpty()) {
      throw OpErrors.badAddress(local.toString(), NO_SUITABLE_ADDRESS);
    }
    return new AddressList<>(List.copyOf(matching));
  }

  /** Returns the address to listen on: the first IPv4 one, or the first if there is none. */
  A forListen() {
    return first(true);
  }

  /**
   * As {@link #forListen}, but for an IPv6 literal with a network of both families the first that
   * is not IPv4.
   */
  A forResolve(String network, String address) {
    boolean ipv6Literal =
        !network.endsWith("4") && !network.endsWith("6") && address.indexOf('[') >= 0;
    return first(!ipv6Literal);
  }

  private A first(boolean ipv4) {
    for (A address : addresses) {
      if (address.is4() == ipv4) {
        return address;
      }
    }
    return addresses.getFirst();
  }

  /** Returns the addresses of the first one's family; happy eyeballs tries them first. */
  List<A> primaries() {
    return sameFamilyAsFirst(true);
  }

  /** Returns the addresses of the other family; may be empty. */
  List<A> fallbacks() {
    return sameFamilyAsFirst(false);
  }

  private List<A> sameFamilyAsFirst(boolean same) {
    boolean first4 = addresses.getFirst().is4();
    List<A> family = new ArrayList<>();
    for (A address : addresses) {
      if ((address.is4() == first4) == same) {
        family.add(address);
      }
    }
    return List.copyOf(family);
  }
}
