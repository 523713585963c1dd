package gonet.netip;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, the latter with an optional zone.
 *
 * <p>An immutable value of 128 bits and a zone; the JVM's counterpart of Go's {@code netip.Addr},
 * without its invalid zero value. {@code 1.2.3.4} and {@code ::ffff:1.2.3.4} are different
 * addresses; {@link #unmap} turns the second into the first. Two addresses that differ only in
 * their zone are different too. No method blocks, and only {@link #fromInet} and {@link
 * #toInetAddress} look at the machine's network interfaces, and only for an address with a zone.
 *
 * @since 0.1
 */
public final class Addr implements Comparable<Addr> {
  private static final long MAPPED = 0xffffL << 32;

  private static final Addr IPV4_UNSPECIFIED = new Addr(0, MAPPED, null);
  private static final Addr IPV6_UNSPECIFIED = new Addr(0, 0, "");
  private static final Addr IPV6_LOOPBACK = new Addr(0, 1, "");
  private static final Addr IPV6_ALL_NODES = new Addr(0xff02L << 48, 1, "");
  private static final Addr IPV6_ALL_ROUTERS = new Addr(0xff02L << 48, 2, "");

  /** The first eight bytes, big-endian. */
  final long high;

  /** The last eight bytes, big-endian; an IPv4 address is kept in its IPv4-mapped form. */
  final long low;

  /**
   * The zone; empty if the address has none, null if it is an IPv4 address. One field for both
   * questions keeps the object at 32 bytes.
   */
  private final @Nullable String zone;

  private Addr(long high, long low, @Nullable String zone) {
    this.high = high;
    this.low = low;
    this.zone = zone;
  }

  /** Returns the IPv4 address whose four bytes are the low 32 bits of {@code bits}. */
  static Addr ipv4(int bits) {
    return new Addr(0, MAPPED | Integer.toUnsignedLong(bits), null);
  }

  /** Returns the IPv6 address of these bits, without a zone. */
  static Addr ipv6(long high, long low) {
    return new Addr(high, low, "");
  }

  /**
   * Returns the IPv4 address of four bytes in network order (Go: {@code AddrFrom4}).
   *
   * @throws IllegalArgumentException if the array has not exactly four bytes
   */
  public static Addr from4(byte[] four) {
    if (four.length != 4) {
      throw new IllegalArgumentException("IPv4 address of " + four.length + " bytes, want 4");
    }
    return ipv4((int) bigEndian(four, 0, 4));
  }

  /**
   * Returns the IPv6 address of sixteen bytes in network order, without a zone. An IPv4-mapped
   * address stays an IPv6 address (Go: {@code AddrFrom16}).
   *
   * @throws IllegalArgumentException if the array has not exactly sixteen bytes
   */
  public static Addr from16(byte[] sixteen) {
    if (sixteen.length != 16) {
      throw new IllegalArgumentException("IPv6 address of " + sixteen.length + " bytes, want 16");
    }
    return ipv6(bigEndian(sixteen, 0, 8), bigEndian(sixteen, 8, 16));
  }

  /**
   * Returns the address of four or sixteen bytes in network order (Go: {@code AddrFromSlice}).
   *
   * @throws IllegalArgumentException if the array has neither four nor sixteen bytes
   */
  public static Addr fromBytes(byte[] bytes) {
    return bytes.length == 4 ? from4(bytes) : from16(bytes);
  }

  /**
   * Returns the same address as a {@link java.net.Inet4Address} or {@link java.net.Inet6Address}. A
   * scope becomes a zone: the interface's name, or the decimal scope id where the machine has no
   * interface of that index.
   */
  public static Addr fromInet(InetAddress address) {
    return InetConversion.fromInet(address);
  }

  /**
   * Parses {@code 192.0.2.1}, {@code 2001:db8::68} or {@code fe80::1%eth0} (Go: {@code ParseAddr}).
   * IPv4 needs four decimal fields without leading zeros; {@code ::} must stand for at least one
   * field; an IPv6 address may end in a dotted IPv4 address; the zone is any text that is not
   * empty.
   *
   * @throws AddrParseException if the text is none of these; its message names the text
   */
  public static Addr parse(String text) {
    return new AddrParser(text).parse();
  }

  /** Returns {@code 0.0.0.0}. */
  public static Addr ipv4Unspecified() {
    return IPV4_UNSPECIFIED;
  }

  /** Returns {@code ::}. */
  public static Addr ipv6Unspecified() {
    return IPV6_UNSPECIFIED;
  }

  /** Returns {@code ::1}. */
  public static Addr ipv6Loopback() {
    return IPV6_LOOPBACK;
  }

  /** Returns {@code ff02::1}, the group of everybody on a link: give it a zone to say which. */
  public static Addr ipv6LinkLocalAllNodes() {
    return IPV6_ALL_NODES;
  }

  /** Returns {@code ff02::2}, the group of all routers on a link. */
  public static Addr ipv6LinkLocalAllRouters() {
    return IPV6_ALL_ROUTERS;
  }

  /** Whether this is an IPv4 address; false for an IPv4-mapped IPv6 address. */
  public boolean is4() {
    return zone == null;
  }

  /** Whether this is an IPv6 address, IPv4-mapped ones included. */
  public boolean is6() {
    return zone != null;
  }

  /** Whether this is an IPv4-mapped IPv6 address, {@code ::ffff:0:0/96} (RFC 4291, 2.5.5.2). */
  public boolean is4In6() {
    return zone != null && high == 0 && low >>> 32 == 0xffff;
  }

  /** Returns the IPv4 address in an IPv4-mapped one, dropping its zone; otherwise this address. */
  public Addr unmap() {
    return is4In6() ? new Addr(high, low, null) : this;
  }

  /** Returns the zone of an IPv6 address, such as {@code eth0}; empty if there is none. */
  public String zone() {
    return zone == null ? "" : zone;
  }

  /**
   * Returns this address with the given zone, an empty one removing it. An IPv4 address has no
   * zones and is returned as it is.
   */
  public Addr withZone(String newZone) {
    Objects.requireNonNull(newZone, "zone");
    return zone == null || zone.equals(newZone) ? this : new Addr(high, low, newZone);
  }

  /** Returns 32 for IPv4 and 128 for IPv6, IPv4-mapped addresses included. */
  public int bitLen() {
    return is4() ? 32 : 128;
  }

  /**
   * Returns the four bytes of an IPv4 or IPv4-mapped address, in network order.
   *
   * @throws IllegalStateException if this is any other IPv6 address
   */
  public byte[] as4() {
    if (!is4() && !is4In6()) {
      throw new IllegalStateException("as4 of the IPv6 address " + this);
    }
    return putBigEndian(new byte[4], low, 0, 4);
  }

  /** Returns sixteen bytes in network order, an IPv4 address in its IPv4-mapped form. */
  public byte[] as16() {
    return putBigEndian(putBigEndian(new byte[16], high, 0, 8), low, 8, 16);
  }

  /** Returns the four bytes of an IPv4 address or the sixteen of an IPv6 address. */
  public byte[] asBytes() {
    return is4() ? as4() : as16();
  }

  /** Whether this is {@code 0.0.0.0} or {@code ::} without a zone. */
  public boolean isUnspecified() {
    return equals(IPV4_UNSPECIFIED) || equals(IPV6_UNSPECIFIED);
  }

  /** Whether this is in {@code 127.0.0.0/8} (also IPv4-mapped) or is {@code ::1}. */
  public boolean isLoopback() {
    return Scope.isLoopback(this);
  }

  /** Whether this is in {@code 224.0.0.0/4} (also IPv4-mapped) or {@code ff00::/8}. */
  public boolean isMulticast() {
    return Scope.isMulticast(this);
  }

  /** Whether this is in a private range of RFC 1918 (also IPv4-mapped) or in {@code fc00::/7}. */
  public boolean isPrivate() {
    return Scope.isPrivate(this);
  }

  /**
   * Whether this is a unicast address that is neither unspecified, nor the IPv4 broadcast address,
   * nor loopback, nor link-local. Private addresses count as global here, as in Go.
   */
  public boolean isGlobalUnicast() {
    return Scope.isGlobalUnicast(this);
  }

  /** Whether this is in {@code 169.254.0.0/16} (also IPv4-mapped) or {@code fe80::/10}. */
  public boolean isLinkLocalUnicast() {
    return Scope.isLinkLocalUnicast(this);
  }

  /** Whether this is in {@code 224.0.0.0/24} (also IPv4-mapped) or in {@code ff02::/16}. */
  public boolean isLinkLocalMulticast() {
    return Scope.isLinkLocalMulticast(this);
  }

  /** Whether this is an IPv6 multicast address of interface-local scope (RFC 4291, 2.7.1). */
  public boolean isInterfaceLocalMulticast() {
    return Scope.isInterfaceLocalMulticast(this);
  }

  /**
   * Returns the network this address is in: the prefix of this length, host bits cleared, without a
   * zone.
   *
   * @throws IllegalArgumentException if {@code bits} is negative or exceeds {@link #bitLen}
   */
  public Prefix prefix(int bits) {
    return Prefix.of(this, bits).masked();
  }

  /**
   * Returns this address with all but the first {@code bits} bits cleared, family and zone kept.
   */
  Addr masked(int bits) {
    // The 96 bits in front of an IPv4 address are constant and always kept.
    int kept = is4() ? 96 + bits : bits;
    return new Addr(high & mask(kept), low & mask(kept - 64), zone);
  }

  /** A word whose first {@code bits} bits are set: none if negative, all if 64 or more. */
  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
  }

  /** Returns the address after this one in the same family and zone; null after the last. */
  public @Nullable Addr next() {
    long newLow = low + 1;
    if (is4()) {
      return (int) newLow == 0 ? null : new Addr(high, newLow, zone);
    }
    long newHigh = newLow == 0 ? high + 1 : high;
    return (newHigh | newLow) == 0 ? null : new Addr(newHigh, newLow, zone);
  }

  /** Returns the address before this one in the same family and zone; null before the first. */
  public @Nullable Addr prev() {
    if (is4()) {
      return (int) low == 0 ? null : new Addr(high, low - 1, zone);
    }
    if ((high | low) == 0) {
      return null;
    }
    return new Addr(low == 0 ? high - 1 : high, low - 1, zone);
  }

  /**
   * Orders IPv4 before IPv6, then by the bits as an unsigned number, then by the zone. Consistent
   * with {@link #equals}.
   */
  @Override
  public int compareTo(Addr other) {
    int order = Integer.compare(bitLen(), other.bitLen());
    if (order == 0) {
      order = Long.compareUnsigned(high, other.high);
    }
    if (order == 0) {
      order = Long.compareUnsigned(low, other.low);
    }
    return order == 0 ? Integer.signum(zone().compareTo(other.zone())) : order;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Addr other
        && high == other.high
        && low == other.low
        && Objects.equals(zone, other.zone);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(high * 31 + low) + Objects.hashCode(zone);
  }

  /**
   * Returns the shortest usual text: dotted IPv4, IPv6 as RFC 5952 section 4 asks (lower case, the
   * first longest run of at least two zero fields as {@code ::}), an IPv4-mapped address as {@code
   * ::ffff:1.2.3.4}, then {@code %zone}. {@link #parse} reads it back to an equal address.
   */
  @Override
  public String toString() {
    return AddrFormat.compact(this);
  }

  /** Returns an IPv6 address as eight fields of four digits and the zone; IPv4 as usual. */
  public String toStringExpanded() {
    return is4() ? toString() : AddrFormat.expanded(this);
  }

  /**
   * Returns this address for APIs of the JDK, without asking a name service. The JDK has no
   * IPv4-mapped addresses: one becomes IPv4. A zone becomes the scope id of the interface of that
   * name, or its own decimal value; one that names neither is dropped, as Go does, and the kernel
   * then refuses a link-local address.
   */
  public InetAddress toInetAddress() {
    return InetConversion.toInet(this);
  }

  private static long bigEndian(byte[] bytes, int from, int to) {
    long bits = 0;
    for (int i = from; i < to; i++) {
      bits = bits << 8 | bytes[i] & 0xff;
    }
    return bits;
  }

  private static byte[] putBigEndian(byte[] bytes, long bits, int from, int to) {
    long rest = bits;
    for (int i = to - 1; i >= from; i--) {
      bytes[i] = (byte) rest;
      rest >>>= 8;
    }
    return bytes;
  }
}
