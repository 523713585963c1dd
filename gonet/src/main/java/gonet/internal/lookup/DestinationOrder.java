package gonet.internal.lookup;

import gonet.netip.Addr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the addresses of a name are dialled: RFC 6724, section 6. Go: {@code
 * sortByRFC6724}.
 *
 * <p>The rules compare a destination with the source address that the system would choose for it.
 * As in Go, three of the ten rules are left out: the system does not tell portably which sources
 * are deprecated (rule 3), home addresses (rule 4) or behind a tunnel (rule 7). Rule 9 is for IPv6
 * alone, because with IPv4 it would defeat the round robin of name servers (Go issues 13283 and
 * 18518). What the rules hold for equal keeps its order (rule 10).
 *
 * <p>Stateless but for {@link Source}; any thread.
 */
public final class DestinationOrder {

  /** Tells which address of this machine a datagram to somewhere would come from. */
  interface Source {
    /**
     * Returns the source address, null if there is no way to the destination.
     *
     * @throws IOException if the system cannot be asked
     */
    @Nullable Addr toward(Addr destination) throws IOException;
  }

  /** The subnet: bits behind it tell nothing about the distance (RFC 6724, 2.2). */
  private static final int PREFIX_BYTES = 8;

  private static final Comparator<Candidate> RULES =
      Comparator.<Candidate>comparingInt(c -> c.unreachable ? 1 : 0) // rule 1
          .thenComparingInt(c -> c.otherScope ? 1 : 0) // rule 2
          .thenComparingInt(c -> c.otherLabel ? 1 : 0) // rule 5
          .thenComparingInt(c -> -c.precedence) // rule 6
          .thenComparingInt(c -> c.scope) // rule 8
          .thenComparingInt(c -> -c.commonPrefix); // rule 9

  private static final DestinationOrder SYSTEM = new DestinationOrder(RouteProbe::toward);

  private final Source source;

  DestinationOrder(Source source) {
    this.source = source;
  }

  /** The order on this machine now. */
  public static List<Addr> sorted(List<Addr> destinations) {
    return SYSTEM.sort(destinations);
  }

  /**
   * Returns the same addresses, the one to try first first. Where the system cannot be asked for
   * sources, as without a descriptor to spare, the order stays as it is.
   */
  List<Addr> sort(List<Addr> destinations) {
    if (destinations.size() < 2) {
      return destinations;
    }
    Map<Addr, Candidate> candidates = new HashMap<>();
    try {
      for (Addr destination : destinations) {
        if (!candidates.containsKey(destination)) {
          candidates.put(destination, Candidate.of(destination, source.toward(destination)));
        }
      }
    } catch (IOException e) {
      return destinations;
    }
    List<Candidate> sorted = new ArrayList<>();
    for (Addr destination : destinations) {
      sorted.add(candidates.get(destination));
    }
    sorted.sort(RULES); // stable
    return sorted.stream().map(Candidate::destination).toList();
  }

  /**
   * A destination and what the rules ask about it.
   *
   * <p>Comparing these one after the other is a consistent order although rule 9 concerns IPv6
   * alone: an IPv4 and an IPv6 address never have the same precedence, so rule 6 parts them.
   */
  private record Candidate(
      Addr destination,
      boolean unreachable,
      boolean otherScope,
      boolean otherLabel,
      int precedence,
      int scope,
      int commonPrefix) {

    static Candidate of(Addr destination, @Nullable Addr source) {
      if (source == null) {
        return new Candidate(destination, true, false, false, 0, 0, 0); // all of these are equal
      }
      AddrPolicy policy = AddrPolicy.of(destination);
      int scope = AddrScope.of(destination);
      return new Candidate(
          destination,
          false,
          scope != AddrScope.of(source),
          policy.label() != AddrPolicy.of(source).label(),
          policy.precedence(),
          scope,
          commonPrefix(destination, source));
    }

    /** Always the same for IPv4, whose mapped form begins with zeros. */
    private static int commonPrefix(Addr destination, Addr source) {
      return AddrPolicy.commonPrefixLength(subnet(destination), subnet(source));
    }

    private static byte[] subnet(Addr addr) {
      return Arrays.copyOf(addr.as16(), PREFIX_BYTES);
    }
  }
}
