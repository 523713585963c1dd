package gonet.internal.nio;

import gonet.internal.backend.RawInterface;
import gonet.netip.Addr;
import gonet.netip.MacAddr;
import gonet.netip.Prefix;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The network interfaces as the JDK knows them. */
final class NioInterfaces {
  private NioInterfaces() {}

  static List<RawInterface> list() throws SocketException {
    SortedMap<Integer, RawInterface> all = new TreeMap<>();
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      all.put(each.getIndex(), of(each));
    }
    return List.copyOf(all.values());
  }

  private static RawInterface of(NetworkInterface from) throws SocketException {
    List<Prefix> addrs = new ArrayList<>();
    boolean broadcasts = false;
    for (InterfaceAddress each : from.getInterfaceAddresses()) {
      Addr addr = Addr.fromInet(each.getAddress());
      addrs.add(Prefix.of(addr, Math.clamp(each.getNetworkPrefixLength(), 0, addr.bitLen())));
      broadcasts |= each.getBroadcast() != null;
    }
    byte[] hardware = from.getHardwareAddress();
    int flags =
        bit(from.isUp(), RawInterface.UP | RawInterface.RUNNING)
            | bit(broadcasts, RawInterface.BROADCAST)
            | bit(from.isLoopback(), RawInterface.LOOPBACK)
            | bit(from.isPointToPoint(), RawInterface.POINT_TO_POINT)
            | bit(from.supportsMulticast(), RawInterface.MULTICAST);
    return new RawInterface(
        from.getIndex(),
        from.getName(),
        from.getMTU(),
        flags,
        hardware == null ? null : MacAddr.of(hardware),
        addrs);
  }

  private static int bit(boolean set, int bits) {
    return set ? bits : 0;
  }
}
