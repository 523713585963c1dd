package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import gonet.internal.backend.Packet;
import gonet.internal.backend.RawAddr;
import java.lang.foreign.MemorySegment;

/**
 * What goes beside the bytes of a datagram: cmsg(3), ip(7), ipv6(7), udp(7).
 *
 * <pre>
 *   cmsghdr      len:8 level:4 type:4, then the value; the next begins at 8·n
 *   in_pktinfo   ifindex:4  spec_dst:4  addr:4        spec_dst: ours, what an answer comes from
 *   in6_pktinfo  addr:16  ifindex:4
 * </pre>
 */
final class Ancillary {
  private static final int HEADER = 16;

  private Ancillary() {}

  // ---- received --------------------------------------------------------------------------------

  static void decode(MemorySegment memory, long offset, long length, Packet into) {
    long end = offset + length;
    for (long at = offset; at + HEADER <= end; ) {
      long size = memory.get(JAVA_LONG, at);
      if (size < HEADER || at + size > end) {
        return;
      }
      decode(
          memory,
          memory.get(JAVA_INT, at + 8),
          memory.get(JAVA_INT, at + 12),
          at + HEADER,
          (int) size - HEADER,
          into);
      at += (size + 7) & ~7;
    }
  }

  private static void decode(
      MemorySegment memory, int level, int type, long at, int size, Packet into) {
    if (level == Linux.IPPROTO_IP) {
      switch (type) {
        case Linux.IP_PKTINFO -> {
          into.interfaceIndex = memory.get(JAVA_INT, at);
          into.source.set4(memory.get(SockAddr.INT, at + 4), 0);
          into.local.set4(memory.get(SockAddr.INT, at + 8), 0);
        }
        case Linux.IP_TTL -> into.hopLimit = memory.get(JAVA_INT, at);
        case Linux.IP_TOS -> into.trafficClass = memory.get(JAVA_BYTE, at) & 0xff;
        default -> {
          // Asked for by somebody else, with an option by number.
        }
      }
    } else if (level == Linux.IPPROTO_IPV6) {
      switch (type) {
        case Linux.IPV6_PKTINFO -> {
          if (!into.local.isPresent()) { // of an IPv4 peer IP_PKTINFO says more
            decodePacketInfo6(memory, at, into);
          }
        }
        case Linux.IPV6_HOPLIMIT -> into.hopLimit = memory.get(JAVA_INT, at);
        case Linux.IPV6_TCLASS -> into.trafficClass = memory.get(JAVA_INT, at) & 0xff;
        default -> {
          // As above.
        }
      }
    } else if (level == Linux.SOL_SOCKET && type == Linux.SO_TIMESTAMPNS) {
      into.seconds = memory.get(JAVA_LONG, at);
      into.nanos = (int) memory.get(JAVA_LONG, at + 8);
    } else if (level == Linux.IPPROTO_UDP && type == Linux.UDP_GRO) {
      into.segmentSize = size >= 4 ? memory.get(JAVA_INT, at) : memory.get(JAVA_SHORT, at) & 0xffff;
    }
  }

  private static void decodePacketInfo6(MemorySegment memory, long at, Packet into) {
    long high = memory.get(SockAddr.LONG, at);
    long low = memory.get(SockAddr.LONG, at + 8);
    int index = memory.get(JAVA_INT, at + 16);
    into.interfaceIndex = index;
    into.local.set6(high, low, 0, 0);
    if (into.local.isLinkLocal6()) {
      into.local.set6(high, low, index, 0);
    }
    if (!into.local.isMulticast()) {
      into.source.set(into.local);
    }
  }

  // ---- to send ---------------------------------------------------------------------------------

  /** Writes what the packet asks for; how long it is. */
  static int encode(Packet from, int domain, MemorySegment memory, long offset) {
    long at = offset;
    // On an IPv6 socket IPv4 peers have their options of IPv4, except the address (ip6_datagram.c).
    boolean ipv4 = domain == Linux.AF_INET || (from.remote.isPresent() && from.remote.is4());
    if (from.source.isPresent() || from.sendInterface != 0) {
      at = packetInfo(memory, at, domain, ipv4, from.source, from.sendInterface);
    }
    if (from.sendHopLimit >= 0) {
      at = integer(memory, at, ipv4, Linux.IP_TTL, Linux.IPV6_HOPLIMIT, from.sendHopLimit);
    }
    if (from.sendTrafficClass >= 0) {
      at = integer(memory, at, ipv4, Linux.IP_TOS, Linux.IPV6_TCLASS, from.sendTrafficClass);
    }
    if (from.segmentSize > 0 && from.segmentSize < from.data.remaining()) {
      header(memory, at, Linux.IPPROTO_UDP, Linux.UDP_SEGMENT, Short.BYTES);
      memory.set(JAVA_SHORT, at + HEADER, (short) from.segmentSize);
      at += HEADER + 8;
    }
    return (int) (at - offset);
  }

  private static long packetInfo(
      MemorySegment memory, long at, int domain, boolean ipv4, RawAddr source, int interfaceIndex) {
    boolean present = source.isPresent();
    if (domain == Linux.AF_INET) {
      header(memory, at, Linux.IPPROTO_IP, Linux.IP_PKTINFO, 12);
      memory.set(JAVA_INT, at + HEADER, interfaceIndex);
      memory.set(SockAddr.INT, at + HEADER + 4, present ? (int) source.low() : 0);
      memory.set(JAVA_INT, at + HEADER + 8, 0);
      return at + HEADER + 16;
    }
    header(memory, at, Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO, 20);
    memory.set(SockAddr.LONG, at + HEADER, present ? source.high() : 0);
    // To IPv4 peers "any" has to be IPv4's, or it is refused.
    long any = ipv4 ? 0xffffL << 32 : 0;
    memory.set(SockAddr.LONG, at + HEADER + 8, present ? source.low() : any);
    memory.set(
        JAVA_INT,
        at + HEADER + 16,
        interfaceIndex != 0 || !present ? interfaceIndex : source.scope());
    return at + HEADER + 24;
  }

  private static long integer(
      MemorySegment memory, long at, boolean ipv4, int name4, int name6, int value) {
    header(
        memory,
        at,
        ipv4 ? Linux.IPPROTO_IP : Linux.IPPROTO_IPV6,
        ipv4 ? name4 : name6,
        Integer.BYTES);
    memory.set(JAVA_INT, at + HEADER, value);
    return at + HEADER + 8;
  }

  private static void header(MemorySegment memory, long at, int level, int type, int size) {
    memory.set(JAVA_LONG, at, HEADER + size);
    memory.set(JAVA_INT, at + 8, level);
    memory.set(JAVA_INT, at + 12, type);
  }
}
