package gonet.netip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All addresses from one to another, of one family and without zones: what an {@link AddrSet} is
 * made of. The order of addresses within a family is that of their bits, unsigned.
 */
record AddrRange(Addr first, Addr last) implements Comparable<AddrRange> {
  private static final int MAPPED_BITS = 96;

  /** The network's first and last address. One within the IPv4-mapped addresses is IPv4. */
  static AddrRange of(Prefix prefix) {
    Addr addr = prefix.addr();
    int bits = prefix.bits();
    if (addr.is4In6() && bits >= MAPPED_BITS) {
      return of(Prefix.of(addr.unmap(), bits - MAPPED_BITS));
    }
    Addr first = addr.masked(bits);
    if (first.is4()) {
      long hosts = bits == 0 ? 0xffff_ffffL : (1L << (32 - bits)) - 1;
      return new AddrRange(first, Addr.ipv4((int) (first.low | hosts)));
    }
    long high = bits >= 64 ? 0 : -1L >>> bits;
    long low = bits <= 64 ? -1 : bits == 128 ? 0 : -1L >>> (bits - 64);
    return new AddrRange(first, Addr.ipv6(first.high | high, first.low | low));
  }

  boolean isBelow(Addr addr) {
    return last.compareTo(addr) < 0;
  }

  boolean isAbove(Addr addr) {
    return first.compareTo(addr) > 0;
  }

  /** By where they begin. */
  @Override
  public int compareTo(AddrRange other) {
    int begin = first.compareTo(other.first);
    return begin != 0 ? begin : last.compareTo(other.last);
  }

  /** The same addresses, sorted, in as few ranges as there can be. */
  static List<AddrRange> merged(List<AddrRange> ranges) {
    List<AddrRange> sorted = new ArrayList<>(ranges);
    Collections.sort(sorted);
    List<AddrRange> merged = new ArrayList<>();
    for (AddrRange next : sorted) {
      AddrRange before = merged.isEmpty() ? null : merged.getLast();
      if (before == null || !before.reaches(next.first)) {
        merged.add(next);
      } else if (before.isBelow(next.last)) {
        merged.set(merged.size() - 1, new AddrRange(before.first, next.last));
      }
    }
    return List.copyOf(merged);
  }

  /** Whether {@code addr}, not below this range, is inside it or right behind it. */
  private boolean reaches(Addr addr) {
    Addr behind = last.next();
    return behind == null || behind.compareTo(addr) >= 0;
  }

  @Override
  public String toString() {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }
}
