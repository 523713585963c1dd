package gonet;

import gonet.netip.AddrPort;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A network of hosts and ports: its name, which may have a family behind it, and how its addresses
 * are made.
 */
record InetNetwork<A extends InetAddr>(
    String name, Function<AddrPort, A> maker, IntFunction<A> portMaker) {
  static final InetNetwork<TcpAddr> TCP =
      new InetNetwork<>(TcpAddr.NETWORK, TcpAddr::of, TcpAddr::ofPort);
  static final InetNetwork<UdpAddr> UDP =
      new InetNetwork<>(UdpAddr.NETWORK, UdpAddr::of, UdpAddr::ofPort);

  A of(AddrPort addrPort) {
    return maker.apply(addrPort);
  }

  A ofPort(int port) {
    return portMaker.apply(port);
  }

  /** Whether {@code network} is this one, of whatever family. */
  boolean has(String network) {
    return network.equals(name)
        || (network.length() == name.length() + 1
            && network.startsWith(name)
            && (network.endsWith("4") || network.endsWith("6")));
  }

  /** Refuses any other network. */
  void check(String network) throws NetAddressException {
    if (!has(network)) {
      throw AddressList.otherNetwork(network);
    }
  }
}
