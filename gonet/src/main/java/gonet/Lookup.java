package gonet;

import gonet.LookupRequest.Family;
import gonet.internal.lookup.Services;
import gonet.internal.time.Clock;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the names of one call become numbers. Hosts: by which resolver, until when, and in which
 * order the answer is used. Services: by the machine's table.
 *
 * @param limit when to give up, a moment of {@link Clock} or {@link Clock#NONE}
 * @param order applied to what the resolver answers; literals come alone
 */
record Lookup(Resolver resolver, long limit, UnaryOperator<List<Addr>> order) {
  /** {@link #prepare} is over. Races repeat it. */
  private static volatile boolean prepared;

  private static final int MAX_PORT = 65535;

  /** A lookup without a limit that keeps the resolver's order. */
  static Lookup plain(Resolver resolver) {
    return new Lookup(resolver, Clock.NONE, UnaryOperator.identity());
  }

  /**
   * Returns the host's addresses, IPv4-mapped ones as IPv4. A literal of whatever family comes back
   * alone; of a resolver's answer only what was asked for, and that may be nothing.
   */
  List<Addr> addresses(String host, Family family) throws IOException {
    Addr literal = literal(host);
    if (literal != null) {
      return List.of(literal.unmap());
    }
    // Not before: the first choice makes a lookup, and a process of literals needs none.
    Resolver chosen = StandardResolver.chosen(resolver);
    TimeLimit until = limit == Clock.NONE ? null : TimeLimit.atMoment(limit);
    // The system's resolver asks for both families anyway; so the failure of a name that has none
    // of this one is the same whoever resolves: the caller finds no suitable address.
    Family asked = chosen instanceof SystemResolver ? Family.ANY : family;
    LookupRequest request = LookupRequest.of(host).withFamily(asked).withLimit(until);
    prepare();
    List<Addr> found = LookupWait.bounded(chosen, request);
    if (found.isEmpty()) {
      throw DnsException.noSuchHost(host);
    }
    List<Addr> suitable = new ArrayList<>();
    for (Addr addr : found) {
      Addr plain = addr.unmap();
      if (family.has(plain)) {
        suitable.add(plain);
      }
    }
    return order.apply(List.copyOf(suitable));
  }

  /** All that a lookup of a name needs on the calling thread, whose stack may be at its end. */
  private static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          Lookup.class,
          "gonet.DnsResolver$1",
          "gonet.DnsResolver$Defaults",
          "gonet.StandardResolver$Chosen",
          "gonet.internal.dns.Cache",
          "gonet.internal.dns.Client",
          "gonet.internal.dns.LookupFailure$Kind",
          "gonet.internal.dns.MessageReader$1",
          "gonet.internal.dns.NameSwitch",
          "gonet.internal.dns.NameSwitch$Source",
          "gonet.internal.dns.Round",
          "gonet.internal.dns.Round$Ids",
          "gonet.internal.dns.Servers",
          "gonet.internal.dns.SystemFiles",
          "gonet.internal.dns.Type",
          "java.time.LocalDateTime",
          "java.time.temporal.ChronoUnit",
          "java.util.concurrent.FutureTask",
          "java.util.regex.Pattern$BitClass");
      prepared = true;
    }
  }

  private static @Nullable Addr literal(String host) {
    // No name has a colon, and only very few end in a digit: spare the others the exception.
    char last = host.isEmpty() ? '.' : host.charAt(host.length() - 1);
    if (host.indexOf(':') < 0 && (last < '0' || last > '9')) {
      return null;
    }
    try {
      return Addr.parse(host);
    } catch (AddrParseException e) {
      return null;
    }
  }

  /**
   * Returns the port for {@code service} of a network, {@code tcp} or {@code udp}: empty is 0,
   * digits with an optional sign are the number itself, anything else is looked up in the table of
   * services, whatever its case (Go: {@code LookupPort}).
   *
   * @throws NetAddressException {@code invalid port} if the number is not within 0 to 65535
   * @throws DnsException {@code unknown port} if no service has this name
   */
  static int port(String network, String service) throws IOException {
    OptionalInt number = Services.number(service);
    if (number.isPresent()) {
      int port = number.getAsInt();
      if (port < 0 || port > MAX_PORT) {
        throw OpErrors.badAddress(service, "invalid port");
      }
      return port;
    }
    Integer port = Services.of(network).get(service.toLowerCase(Locale.ROOT));
    if (port == null) {
      throw DnsException.unknownPort(network, service);
    }
    return port;
  }

  /** The same for any network that has ports, in whatever family. */
  static int portOf(String network, String service) throws IOException {
    if (InetNetwork.UDP.has(network)) {
      return port(UdpAddr.NETWORK, service);
    }
    if (!network.isEmpty() && !network.equals(IpAddr.NETWORK)) {
      InetNetwork.TCP.check(network);
      return port(TcpAddr.NETWORK, service);
    }
    try {
      return port(TcpAddr.NETWORK, service);
    } catch (DnsException e) {
      return port(UdpAddr.NETWORK, service);
    }
  }
}
