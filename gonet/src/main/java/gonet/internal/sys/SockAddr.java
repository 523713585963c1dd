package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import gonet.internal.backend.RawAddr;
import gonet.internal.backend.ScopeId;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} (ip(7)) and {@code struct sockaddr_in6} (ipv6(7)).
 *
 * <pre>
 *   sockaddr_in    family:2  port:2  addr:4                              16 bytes, 8 of them padding
 *   sockaddr_in6   family:2  port:2  flowinfo:4  addr:16  scope_id:4     28 bytes
 * </pre>
 *
 * <p>Family and scope are in the machine's byte order, port and address in the network's.
 */
final class SockAddr {
  static final int IN_SIZE = 16;
  static final int IN6_SIZE = 28;

  private static final ValueLayout.OfShort PORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final AddrPort UNKNOWN = AddrPort.of(Addr.ipv6Unspecified(), 0);

  private SockAddr() {}

  /**
   * Writes an address as a socket of {@code domain} wants it: IPv4 becomes IPv4-mapped for
   * AF_INET6, and IPv4-mapped becomes IPv4 for AF_INET. An IPv6 address stays one for AF_INET too,
   * so that the kernel says EAFNOSUPPORT.
   *
   * @return the length of what was written
   */
  static int encode(AddrPort from, int domain, MemorySegment memory, long offset) {
    Addr addr = domain == Linux.AF_INET ? from.addr().unmap() : from.addr();
    boolean in6 = domain == Linux.AF_INET6 || addr.is6();
    int size = in6 ? IN6_SIZE : IN_SIZE;
    memory.asSlice(offset, size).fill((byte) 0);
    memory.set(JAVA_SHORT_UNALIGNED, offset, (short) (in6 ? Linux.AF_INET6 : Linux.AF_INET));
    memory.set(PORT, offset + 2, (short) from.port());
    byte[] bytes = in6 ? addr.as16() : addr.as4();
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, offset + (in6 ? 8 : 4), bytes.length);
    if (in6 && addr.is6()) {
      memory.set(JAVA_INT_UNALIGNED, offset + 24, ScopeId.of(addr.zone()));
    }
    return size;
  }

  /**
   * Reads an address. IPv4-mapped ones come out as plain IPv4, which is what the peer of a
   * dual-stack socket is. {@code [::]:0} stands for none: the kernel may leave the length at zero.
   */
  static AddrPort decode(MemorySegment memory, long offset, int length) {
    int family = length < 2 ? Linux.AF_UNSPEC : memory.get(JAVA_SHORT_UNALIGNED, offset);
    if (family == Linux.AF_INET && length >= IN_SIZE) {
      return AddrPort.of(Addr.from4(bytes(memory, offset + 4, 4)), port(memory, offset));
    }
    if (family == Linux.AF_INET6 && length >= IN6_SIZE) {
      Addr addr = Addr.from16(bytes(memory, offset + 8, 16)).unmap();
      int scope = memory.get(JAVA_INT_UNALIGNED, offset + 24);
      if (scope != 0 && addr.is6()) {
        addr = addr.withZone(ScopeId.zone(scope));
      }
      return AddrPort.of(addr, port(memory, offset));
    }
    return UNKNOWN;
  }

  /**
   * As {@link #encode(AddrPort, int, MemorySegment, long)}, of an address that is there, without an
   * object.
   */
  static int encode(RawAddr from, int domain, MemorySegment memory, long offset) {
    boolean in6 = domain == Linux.AF_INET6 || !from.is4();
    int size = in6 ? IN6_SIZE : IN_SIZE;
    memory.set(JAVA_SHORT_UNALIGNED, offset, (short) (in6 ? Linux.AF_INET6 : Linux.AF_INET));
    memory.set(PORT, offset + 2, (short) from.port());
    if (in6) {
      memory.set(JAVA_INT_UNALIGNED, offset + 4, 0);
      memory.set(LONG, offset + 8, from.high());
      memory.set(LONG, offset + 16, from.low());
      memory.set(JAVA_INT_UNALIGNED, offset + 24, from.scope());
    } else {
      memory.set(INT, offset + 4, (int) from.low());
      memory.set(JAVA_LONG_UNALIGNED, offset + 8, 0);
    }
    return size;
  }

  /** Reads an address, if it is one of IP, without an object. IPv4-mapped ones come out as IPv4. */
  static void decode(MemorySegment memory, long offset, int length, RawAddr into) {
    int family = length < 2 ? Linux.AF_UNSPEC : memory.get(JAVA_SHORT_UNALIGNED, offset);
    if (family == Linux.AF_INET && length >= IN_SIZE) {
      into.set4(memory.get(INT, offset + 4), port(memory, offset));
    } else if (family == Linux.AF_INET6 && length >= IN6_SIZE) {
      into.set6(
          memory.get(LONG, offset + 8),
          memory.get(LONG, offset + 16),
          memory.get(JAVA_INT_UNALIGNED, offset + 24),
          port(memory, offset));
    } else {
      into.clear();
    }
  }

  private static int port(MemorySegment memory, long offset) {
    return Short.toUnsignedInt(memory.get(PORT, offset + 2));
  }

  private static byte[] bytes(MemorySegment memory, long offset, int count) {
    byte[] bytes = new byte[count];
    MemorySegment.copy(memory, JAVA_BYTE, offset, bytes, 0, count);
    return bytes;
  }
}
