package gonet.examples;

import java.util.Set;

/**
 * Where to listen or to dial, as an argument says it: {@code HOST:PORT}, which is TCP, or {@code
 * NETWORK:ADDRESS}, such as {@code unix:/run/x.sock}, {@code unixpacket:@name} or {@code
 * tcp4:127.0.0.1:7099}.
 */
record Place(String network, String address) {
  /** How usages describe it. */
  static final String USAGE = "HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock";

  /** Also those that a program has not: so that it says that, and not something about a port. */
  private static final Set<String> NETWORKS =
      Set.of("tcp", "tcp4", "tcp6", "unix", "unixpacket", "unixgram", "udp", "udp4", "udp6");

  /** A host cannot have the name of a network, unless it is written {@code tcp:NAME:PORT}. */
  static Place parse(String argument) {
    return parse(argument, "tcp");
  }

  /** The same for datagrams: {@code HOST:PORT} is UDP, {@code udp4:HOST:PORT} over IPv4 alone. */
  static Place parseForDatagrams(String argument) {
    return parse(argument, "udp");
  }

  private static Place parse(String argument, String otherwise) {
    int colon = argument.indexOf(':');
    return colon > 0 && NETWORKS.contains(argument.substring(0, colon))
        ? new Place(argument.substring(0, colon), argument.substring(colon + 1))
        : new Place(otherwise, argument);
  }

  boolean isTcp() {
    return network.startsWith("tcp");
  }
}
