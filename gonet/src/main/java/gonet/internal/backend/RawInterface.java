package gonet.internal.backend;

import gonet.netip.MacAddr;
import gonet.netip.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as the kernel has it now.
 *
 * @param mtu in bytes, 0 if unknown
 * @param flags the bits below
 * @param hardware null for none
 * @param addrs its own addresses, with the lengths of their networks and without zones
 */
public record RawInterface(
    int index, String name, int mtu, int flags, @Nullable MacAddr hardware, List<Prefix> addrs) {

  // net/if.h

  public static final int UP = 0x1;
  public static final int BROADCAST = 0x2;
  public static final int LOOPBACK = 0x8;
  public static final int POINT_TO_POINT = 0x10;
  public static final int RUNNING = 0x40;
  public static final int MULTICAST = 0x1000;
}
