package gonet;

import gonet.LookupRequest.Family;
import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the hosts of one call are looked up: by which resolver, until when, and in which order the
 * answer is used.
 *
 * @param limit when to give up, a moment of {@link Clock} or {@link Clock#NONE}
 * @param order applied to what the resolver answers; literals come alone
 */
record Lookup(Resolver resolver, long limit, UnaryOperator<List<Addr>> order) {

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
    Duration timeLeft =
        limit == Clock.NONE ? null : Duration.ofNanos(Math.max(limit - Clock.now(), 0));
    // The system's resolver asks for both families anyway; so the failure of a name that has none
    // of
    // this one is the same whoever resolves: the caller finds no suitable address.
    Family asked = resolver instanceof SystemResolver ? Family.ANY : family;
    LookupRequest request = LookupRequest.of(host).withFamily(asked).withTimeLeft(timeLeft);
    List<Addr> found = BoundedLookup.run(resolver, request);
    if (found.isEmpty()) {
      throw DnsException.noSuchHost(host);
    }
    return order.apply(found.stream().map(Addr::unmap).filter(family::has).toList());
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
}
