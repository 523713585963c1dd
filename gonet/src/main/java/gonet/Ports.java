package gonet;

import gonet.internal.lookup.Services;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalInt;

/** Reads the port part of an address: a number or the name of a TCP service. */
final class Ports {
  private static final int MAX = 65535;

  private Ports() {}

  /**
   * Returns the port for {@code service}: empty is 0, digits with an optional sign are the number
   * itself, anything else is looked up in the table of services, whatever its case (Go: {@code
   * LookupPort}).
   *
   * @throws NetAddressException {@code invalid port} if the number is not within 0 to 65535
   * @throws DnsException {@code unknown port} if no service has this name
   */
  static int lookup(String service) throws IOException {
    OptionalInt number = Services.number(service);
    if (number.isPresent()) {
      int port = number.getAsInt();
      if (port < 0 || port > MAX) {
        throw OpErrors.badAddress(service, "invalid port");
      }
      return port;
    }
    Integer port = Services.tcp().get(service.toLowerCase(Locale.ROOT));
    if (port == null) {
      throw DnsException.unknownPort("tcp", service);
    }
    return port;
  }
}
