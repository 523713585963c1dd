package gonet.internal.lookup;

import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

  /** What a probe needs of the JDK's has been used on a stack with room. Races repeat it. */
  private static volatile boolean prepared;

  private final Source source;

  DestinationOrder(Source source) {
    this.source = source;
  }

  /** The order on this machine now. */
  public static List<Addr> sorted(List<Addr> destinations) {
    if (!prepared && destinations.size() > 1) {
      OwnStack.run("gonet-start", new FirstProbe());
      prepared = true;
    }
    return new DestinationOrder(new Routes()).sort(destinations);
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
    Collections.sort(sorted); // stable
    List<Addr> addresses = new ArrayList<>();
    for (Candidate candidate : sorted) {
      addresses.add(candidate.destination);
    }
    return List.copyOf(addresses);
  }

  private record Routes() implements Source {
    @Override
    public @Nullable Addr toward(Addr destination) throws IOException {
      return RouteProbe.toward(destination);
    }
  }

  private record FirstProbe() implements Runnable {
    @Override
    public void run() {
      try {
        var _ = RouteProbe.toward(Addr.ipv4Unspecified());
      } catch (IOException e) {
        // The next one will say so.
      }
    }
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
      int commonPrefix)
      implements Comparable<Candidate> {

    @Override
    public int compareTo(Candidate other) {
      int[] rules = {
        Boolean.compare(unreachable, other.unreachable), // rule 1
        Boolean.compare(otherScope, other.otherScope), // rule 2
        Boolean.compare(otherLabel, other.otherLabel), // rule 5
        Integer.compare(other.precedence, precedence), // rule 6
        Integer.compare(scope, other.scope), // rule 8
        Integer.compare(other.commonPrefix, commonPrefix), // rule 9
      };
      for (int rule : rules) {
        if (rule != 0) {
          return rule;
        }
      }
      return 0;
    }

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
