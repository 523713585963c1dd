package gonet;

import gonet.internal.netpoll.Netpoll;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From what a dial was asked for to addresses that can be tried. Failures are the dial's.
 *
 * @param network as the caller wrote it, perhaps with a family
 * @param localAddr as the caller gave it; anybody's implementation, and of any network
 * @param filter which addresses may be tried; null for all
 */
record DialAddresses<A extends InetAddr>(
    InetNetwork<A> kind, String network, @Nullable NetAddr localAddr, @Nullable AddrFilter filter) {

  /**
   * The local address as one of the network; null if there is none.
   *
   * @param remote for the text of a failure
   */
  @Nullable A local(@Nullable A remote) throws IOException {
    NetAddr local = localAddr;
    if (local == null) {
      return null;
    }
    AddrPort addrPort = local.addrPort();
    if (local.network().equals(kind.name()) && addrPort != null) {
      return local instanceof InetAddr inet && !inet.hasHost()
          ? kind.ofPort(inet.port())
          : kind.of(addrPort);
    }
    throw OpErrors.wrap(op(remote), ofOtherNetwork(local, kind.name()));
  }

  /** The addresses of a host and port. */
  AddressList<A> byName(Lookup lookup, String address, @Nullable A local) throws IOException {
    try {
      return allowed(AddressList.resolveForDial(kind, lookup, network, address, local));
    } catch (IOException e) {
      throw OpErrors.wrap(op(null), e);
    }
  }

  /** The one address, which needs no lookup. */
  AddressList<A> only(A remote, @Nullable A local) throws IOException {
    try {
      return allowed(AddressList.forDial(kind, network, remote, local));
    } catch (IOException e) {
      throw OpErrors.wrap(op(remote), e);
    }
  }

  /** Those that may be tried, at least one. */
  private AddressList<A> allowed(AddressList<A> all) throws NetAddressException {
    AddrFilter asked = filter;
    if (asked == null) {
      return all;
    }
    List<A> allowed = new ArrayList<>();
    for (A addr : all.addresses()) {
      AddrPort to = InetSockets.target(network, addr);
      if (asked.allows(AddrPort.of(to.addr().unmap(), to.port()))) {
        allowed.add(addr);
      }
    }
    if (allowed.isEmpty()) {
      throw notAllowed(all.addresses().getFirst());
    }
    return new AddressList<>(allowed);
  }

  private static NetAddressException notAllowed(NetAddr addr) {
    return OpErrors.badAddress(addr.toString(), "not allowed by the filter of this dialer");
  }

  private Op op(@Nullable A remote) {
    return new Op(Op.DIAL, network, localAddr, remote);
  }

  // ---- raw IP ----------------------------------------------------------------------------------

  /** The address to dial, which the filter allows. */
  static IpAddr ip(IpNetwork network, Lookup lookup, String host, @Nullable AddrFilter filter)
      throws IOException {
    if (host.isEmpty()) {
      throw OpErrors.badAddress("", AddressList.MISSING);
    }
    IpAddr remote = network.resolve(lookup, host);
    if (filter != null && !filter.allows(remote.addrPort())) {
      throw notAllowed(remote);
    }
    return remote;
  }

  /** The local address as one of raw IP; null if there is none. */
  static @Nullable IpAddr localIp(@Nullable NetAddr local, IpNetwork network)
      throws NetAddressException {
    if (local == null) {
      return null;
    }
    if (!(local instanceof IpAddr ip)) {
      throw ofOtherNetwork(local, IpAddr.NETWORK);
    }
    network.check(ip);
    return ip;
  }

  // ---- Unix sockets ----------------------------------------------------------------------------

  /** A name to dial, which must be one. */
  static UnixAddr unix(String network, String name) throws IOException {
    if (name.isEmpty() && (UnixAddr.isUnix(network) || network.equals(UnixAddr.DATAGRAM))) {
      throw OpErrors.badAddress("", AddressList.MISSING);
    }
    return UnixAddr.resolve(network, name);
  }

  /** The local address as one of {@code remote}'s network; null if there is none. */
  static @Nullable UnixAddr localUnix(@Nullable NetAddr local, UnixAddr remote) throws IOException {
    Op op = new Op(Op.DIAL, remote.network(), local, remote);
    try {
      Netpoll netpoll = Netpolls.get(op);
      UnixSockets.requireSupport(netpoll, remote);
      if (local == null) {
        return null;
      }
      if (!local.network().equals(remote.network())) {
        throw ofOtherNetwork(local, remote.network());
      }
      UnixAddr unix =
          local instanceof UnixAddr known
              ? known
              : UnixAddr.resolve(local.network(), local.toString());
      UnixSockets.requireSupport(netpoll, unix);
      return unix;
    } catch (NetAddressException e) {
      throw OpErrors.wrap(op, e);
    }
  }

  private static NetAddressException ofOtherNetwork(NetAddr local, String network) {
    return OpErrors.badAddress(
        local.toString(), "local address is of network " + local.network() + ", not " + network);
  }
}
