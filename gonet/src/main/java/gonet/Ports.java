package gonet;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;

/** Reads the port part of an address: a number or the name of a TCP service. */
final class Ports {
  private static final int MAX = 65535;

  /** Numbers are clamped to this: too large for a port, and far from overflow. */
  private static final int CLAMP = 1 << 30;

  private Ports() {}

  /**
   * Returns the port for {@code service}: empty is 0, digits with an optional sign are the number
   * itself, anything else is looked up in the table of services, whatever its case (Go: {@code
   * LookupPort}).
   *
   * @throws AddressException {@code invalid port} if the number is not within 0 to 65535
   * @throws DnsException {@code unknown port} if no service has this name
   */
  static int lookup(String service) throws IOException {
    OptionalInt number = parse(service);
    if (number.isPresent()) {
      int port = number.getAsInt();
      if (port < 0 || port > MAX) {
        throw new AddressException(service, "invalid port");
      }
      return port;
    }
    Integer port = Services.tcp().get(service.toLowerCase(Locale.ROOT));
    if (port == null) {
      throw DnsException.unknownPort("tcp", service);
    }
    return port;
  }

  /**
   * Returns the number that {@code service} is, clamped to ±2^30 (2^30 − 1 above), or nothing if it
   * is a name. Large numbers are read to a number rather than refused, because some systems'
   * resolvers would take them for a port modulo 65536 (Go issue 11715).
   */
  static OptionalInt parse(String service) {
    boolean signed = service.startsWith("+") || service.startsWith("-");
    boolean negative = service.startsWith("-");
    long value = 0;
    for (int i = signed ? 1 : 0; i < service.length(); i++) {
      char c = service.charAt(i);
      if (c < '0' || c > '9') {
        return OptionalInt.empty();
      }
      value = Math.min(value * 10 + (c - '0'), CLAMP);
    }
    return OptionalInt.of((int) (negative ? -value : Math.min(value, CLAMP - 1)));
  }
}
