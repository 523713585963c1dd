package gonet;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Addresses of the JDK that no network of gonet has a use for. */
final class SocketAddresses {
  private SocketAddresses() {}

  /** The failure of a dial or listen on {@code address}, which is not null and no IP address. */
  static IOException unsupported(String op, SocketAddress address) {
    boolean unix = address instanceof UnixDomainSocketAddress;
    String why =
        unix
            ? "Unix sockets are not supported"
            : "addresses of class " + address.getClass().getName() + " are not supported";
    return OpErrors.wrap(
        new Op(op, unix ? "unix" : "", null, null),
        OpErrors.badAddress(String.valueOf(address), why));
  }
}
