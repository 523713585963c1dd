package gonet.netip;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of addresses, made of single addresses, ranges and networks: for lists of who may connect
 * and who may not. Immutable; a question costs a binary search. Node's {@code net.BlockList}.
 *
 * <p>IPv4 and IPv6 are apart: {@code ::/0} holds no IPv4 address. An IPv4-mapped IPv6 address
 * counts as the IPv4 address it stands for, in what is asked and in what is added, so that {@code
 * 10.0.0.0/8} holds {@code ::ffff:10.1.2.3}, as a dual-stack socket may spell it, and {@code
 * ::ffff:10.0.0.0/104} means the same network. A wider IPv6 network, or a range that spans the
 * mapped addresses, holds none of them. Zones do not matter in what is asked: {@code fe80::/10}
 * holds {@code fe80::1%eth0}.
 *
 * @since 0.1
 */
public final class AddrSet {
  private static final AddrSet EMPTY = new Builder().build();

  /** Of each family: sorted, apart from each other by at least one address. */
  private final List<AddrRange> ipv4;

  private final List<AddrRange> ipv6;

  private AddrSet(List<AddrRange> ipv4, List<AddrRange> ipv6) {
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
  }

  /** The set without addresses. */
  public static AddrSet empty() {
    return EMPTY;
  }

  /** Collects what a set holds. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The set of all these, each as in {@link Builder#add(String)}.
   *
   * @throws AddrParseException naming the first text that means nothing
   */
  public static AddrSet of(String... texts) {
    Builder builder = new Builder();
    for (String text : texts) {
      builder.add(text);
    }
    return builder.build();
  }

  /** Whether the address is in the set. */
  public boolean contains(Addr addr) {
    Addr plain = plain(addr);
    List<AddrRange> ranges = plain.is4() ? ipv4 : ipv6;
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      AddrRange range = ranges.get(middle);
      if (range.isBelow(plain)) {
        low = middle + 1;
      } else if (range.isAbove(plain)) {
        high = middle - 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** Whether it holds no address at all. */
  public boolean isEmpty() {
    return ipv4.isEmpty() && ipv6.isEmpty();
  }

  /** Two sets are equal if they hold the same addresses. */
  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof AddrSet other && ipv4.equals(other.ipv4) && ipv6.equals(other.ipv6);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ipv4, ipv6);
  }

  /** Addresses and ranges in ascending order, IPv4 first; {@link #of} reads each of them back. */
  @Override
  public String toString() {
    List<AddrRange> all = new ArrayList<>(ipv4);
    all.addAll(ipv6);
    return all.toString();
  }

  /** The address without its zone, and as IPv4 if it stands for an IPv4 address. */
  private static Addr plain(Addr addr) {
    return addr.unmap().withZone("");
  }

  /** Collects what a set holds. Not safe for several threads. */
  public static final class Builder {
    private final List<AddrRange> ipv4 = new ArrayList<>();
    private final List<AddrRange> ipv6 = new ArrayList<>();

    private Builder() {}

    /** Adds one address; a zone is dropped. */
    public Builder add(Addr addr) {
      Addr one = plain(addr);
      return add(new AddrRange(one, one));
    }

    /** Adds a network; host bits do not matter. */
    public Builder add(Prefix prefix) {
      return add(AddrRange.of(prefix));
    }

    /**
     * Adds all addresses from the first to the last, both included.
     *
     * @throws IllegalArgumentException if they are of different families, or the last comes before
     *     the first
     */
    public Builder addRange(Addr first, Addr last) {
      Addr from = plain(first);
      Addr to = plain(last);
      if (from.is4() != to.is4()) {
        throw new IllegalArgumentException(
            "range " + first + "-" + last + " has ends of different families");
      }
      if (from.compareTo(to) > 0) {
        throw new IllegalArgumentException(
            "range " + first + "-" + last + " ends before it begins");
      }
      return add(new AddrRange(from, to));
    }

    /** Adds all addresses of another set. */
    public Builder add(AddrSet other) {
      ipv4.addAll(other.ipv4);
      ipv6.addAll(other.ipv6);
      return this;
    }

    /**
     * Adds {@code 192.0.2.1}, {@code 192.0.2.0/24}, {@code 192.0.2.1-192.0.2.9}, or the same of
     * IPv6.
     *
     * @throws AddrParseException if the text is none of these
     * @throws IllegalArgumentException as {@link #addRange}
     */
    public Builder add(String text) {
      if (text.indexOf('/') >= 0) {
        return add(Prefix.parse(text));
      }
      // A zone may hold a dash. If what follows the last one is an address, it was none.
      int dash = text.lastIndexOf('-');
      String last = text.substring(dash + 1).strip();
      if (dash < 0 || (text.indexOf('%') >= 0 && !isAddr(last))) {
        return add(Addr.parse(text));
      }
      return addRange(Addr.parse(text.substring(0, dash).strip()), Addr.parse(last));
    }

    private static boolean isAddr(String text) {
      try {
        var _ = Addr.parse(text);
        return true;
      } catch (AddrParseException e) {
        return false;
      }
    }

    /** The set of all that was added. The builder can go on. */
    public AddrSet build() {
      return new AddrSet(AddrRange.merged(ipv4), AddrRange.merged(ipv6));
    }

    private Builder add(AddrRange range) {
      (range.first().is4() ? ipv4 : ipv6).add(range);
      return this;
    }
  }
}
