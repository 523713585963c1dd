package gonet;

import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the hosts of one call are looked up: by which resolver and until when.
 *
 * @param limit when to give up, a moment of {@link Clock} or {@link Clock#NONE}
 */
record Lookup(Resolver resolver, long limit) {
  /** Returns the host's addresses, at least one, IPv4-mapped ones as IPv4. */
  List<Addr> addresses(String host) throws IOException {
    Addr literal = literal(host);
    if (literal != null) {
      return List.of(literal.unmap());
    }
    List<Addr> found =
        limit == Clock.NONE
            ? resolver.lookup(host)
            : resolver.lookup(host, Duration.ofNanos(limit - Clock.now()));
    if (found.isEmpty()) {
      throw DnsException.noSuchHost(host);
    }
    return found.stream().map(Addr::unmap).toList();
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
