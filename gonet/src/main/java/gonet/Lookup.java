package gonet;

import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the hosts of one call are looked up: by which resolver and until when.
 *
 * @param deadlineNanos when to give up, on the clock of {@link System#nanoTime}; 0 is never
 */
record Lookup(Resolver resolver, long deadlineNanos) {
  /** Returns the host's addresses, at least one, IPv4-mapped ones as IPv4. */
  List<Addr> addresses(String host) throws IOException {
    Addr literal = literal(host);
    if (literal != null) {
      return List.of(literal.unmap());
    }
    List<Addr> found =
        deadlineNanos == 0
            ? resolver.lookup(host)
            : resolver.lookup(host, Duration.ofNanos(deadlineNanos - System.nanoTime()));
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
