package gonet.netip;

import org.jspecify.annotations.Nullable;

/**
 * A network in CIDR notation: an address and how many of its leading bits count (RFC 4632, section
 * 3.1). An immutable value, the counterpart of Go's {@code netip.Prefix} without its invalid value.
 *
 * <p>The bits behind the prefix length are kept, so that {@code 192.168.1.7/24} can carry a host's
 * own address; {@link #masked} clears them. A prefix never has a zone.
 *
 * @since 0.1
 */
public final class Prefix implements Comparable<Prefix> {
  private final Addr addr;
  private final int bits;

  private Prefix(Addr addr, int bits) {
    this.addr = addr;
    this.bits = bits;
  }

  /**
   * Returns the prefix of this address and length, dropping the zone and keeping the host bits (Go:
   * {@code PrefixFrom}); {@link Addr#prefix} clears them.
   *
   * @throws IllegalArgumentException if {@code bits} is negative or exceeds {@link Addr#bitLen}
   */
  public static Prefix of(Addr addr, int bits) {
    if (bits < 0) {
      throw new IllegalArgumentException("negative prefix length " + bits);
    }
    if (bits > addr.bitLen()) {
      String family = addr.is4() ? "IPv4" : "IPv6";
      throw new IllegalArgumentException("prefix length " + bits + " too large for " + family);
    }
    return new Prefix(addr.withZone(""), bits);
  }

  /**
   * Parses {@code 192.168.1.0/24} or {@code 2001:db8::/32} (Go: {@code ParsePrefix}). The length is
   * decimal without sign or leading zeros; a zone is an error. Host bits are kept.
   *
   * @throws AddrParseException if the text is neither; its message is Go's
   */
  public static Prefix parse(String text) {
    int slash = text.lastIndexOf('/');
    if (slash < 0) {
      throw failure(text, "no '/'");
    }
    Addr addr = addrOf(text, slash);
    if (!addr.zone().isEmpty()) {
      throw failure(text, "IPv6 zones cannot be present in a prefix");
    }
    long bits = lengthOf(text, slash + 1);
    if (bits > addr.bitLen()) {
      throw failure(text, "prefix length out of range");
    }
    return new Prefix(addr, (int) bits);
  }

  /**
   * Returns the prefix of this address and a mask in the old notation: {@code 192.168.1.7} and
   * {@code 255.255.255.0} make {@code 192.168.1.7/24}. Go: {@code IPMask.Size}.
   *
   * @throws IllegalArgumentException if the mask is of another family, or has ones behind a zero
   */
  public static Prefix ofMask(Addr addr, Addr mask) {
    if (mask.bitLen() != addr.bitLen()) {
      throw new IllegalArgumentException("mask " + mask + " is not of the family of " + addr);
    }
    int ones = 0;
    for (byte b : mask.asBytes()) {
      ones += Integer.bitCount(b & 0xff);
    }
    if (!mask(mask, ones).equals(mask)) {
      throw new IllegalArgumentException("mask " + mask + " has ones behind a zero");
    }
    return of(addr, ones);
  }

  /** The length in the old notation: {@code 255.255.255.0} for 24 bits of IPv4. */
  public Addr mask() {
    return mask(addr, bits);
  }

  /** The mask of so many ones, of the family of {@code like}. */
  private static Addr mask(Addr like, int ones) {
    byte[] bytes = new byte[like.bitLen() / 8];
    for (int i = 0; i < ones; i++) {
      bytes[i / 8] |= (byte) (0x80 >> i % 8);
    }
    return Addr.fromBytes(bytes);
  }

  private static Addr addrOf(String text, int slash) {
    try {
      return Addr.parse(text.substring(0, slash));
    } catch (AddrParseException e) {
      AddrParseException named = failure(text, String.valueOf(e.getMessage()));
      named.initCause(e);
      throw named;
    }
  }

  private static long lengthOf(String text, int from) {
    String digits = text.substring(from);
    boolean decimal = !digits.isEmpty();
    for (int i = 0; i < digits.length(); i++) {
      decimal &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    if (decimal && (digits.length() == 1 || digits.charAt(0) != '0')) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        // Too many digits for 64 bits, where Go too no longer calls it a number.
      }
    }
    throw failure(text, "bad bits after slash: " + Quote.of(digits));
  }

  private static AddrParseException failure(String text, String why) {
    return new AddrParseException("netip.ParsePrefix(" + Quote.of(text) + "): " + why);
  }

  /** Returns the address, host bits included. */
  public Addr addr() {
    return addr;
  }

  /** Returns the prefix length: 0 to 32 for IPv4, 0 to 128 for IPv6. */
  public int bits() {
    return bits;
  }

  /** Whether the prefix holds exactly one address. */
  public boolean isSingleIp() {
    return bits == addr.bitLen();
  }

  /** Returns this prefix with its host bits cleared. */
  public Prefix masked() {
    Addr network = addr.masked(bits);
    return network.equals(addr) ? this : new Prefix(network, bits);
  }

  /**
   * Whether {@code candidate} lies in this network. False if it is of the other family, where an
   * IPv4-mapped address counts as IPv6, and for every address with a zone.
   */
  public boolean contains(Addr candidate) {
    // Masking keeps family and zone, and this prefix has no zone: equality settles those as well.
    return candidate.masked(bits).equals(addr.masked(bits));
  }

  /** Whether the two networks share an address; false if they are of different families. */
  public boolean overlaps(Prefix other) {
    int shorter = Math.min(bits, other.bits);
    return addr.masked(shorter).equals(other.addr.masked(shorter));
  }

  /**
   * Orders by family (IPv4 first), then by the masked address, then by the length, then by the host
   * bits (Go: {@code Prefix.Compare}). Consistent with {@link #equals}.
   */
  @Override
  public int compareTo(Prefix other) {
    int order = addr.masked(bits).compareTo(other.addr.masked(other.bits));
    if (order == 0) {
      order = Integer.compare(bits, other.bits);
    }
    return order == 0 ? addr.compareTo(other.addr) : order;
  }

  /** Two prefixes are equal if length and all bits of the address are, host bits included. */
  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Prefix other && bits == other.bits && addr.equals(other.addr);
  }

  @Override
  public int hashCode() {
    return 31 * addr.hashCode() + bits;
  }

  /** Returns CIDR notation, {@code 192.168.1.7/24}; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return addr + "/" + bits;
  }
}
