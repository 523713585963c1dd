package gonet.internal.backend;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address with a port and a scope, or none, that can be set again and again: what a datagram
 * has in the place of an {@link AddrPort}, so that none is made for each. IPv4-mapped addresses are
 * IPv4. Owned by one thread.
 */
public final class RawAddr {
  private static final long MAPPED = 0xffffL << 32;

  private boolean present;
  private boolean ipv4;

  /** The sixteen bytes, big-endian; of an IPv4 address its IPv4-mapped form. */
  private long high;

  private long low;

  /** The interface of a link-local address, 0 for none. */
  private int scope;

  private int port;

  /** The address above as a value; null if nobody has asked for it yet. */
  private @Nullable AddrPort object;

  /** Whether there is an address. */
  public boolean isPresent() {
    return present;
  }

  public boolean is4() {
    return ipv4;
  }

  public long high() {
    return high;
  }

  /** The last eight bytes; the last four are all of an IPv4 address. */
  public long low() {
    return low;
  }

  public int scope() {
    return scope;
  }

  public int port() {
    return port;
  }

  /** What was there is remembered, in case it comes again. */
  public void clear() {
    present = false;
  }

  public void set4(int address, int newPort) {
    set(0, MAPPED | Integer.toUnsignedLong(address), true, 0, newPort);
  }

  public void set6(long newHigh, long newLow, int newScope, int newPort) {
    boolean mapped = newHigh == 0 && newLow >>> 32 == 0xffff;
    set(newHigh, newLow, mapped, mapped ? 0 : newScope, newPort);
  }

  private void set(long newHigh, long newLow, boolean is4, int newScope, int newPort) {
    if (newHigh != high || newLow != low || is4 != ipv4 || newScope != scope || newPort != port) {
      object = null; // the same peer again: the same object again
    }
    present = true;
    high = newHigh;
    low = newLow;
    ipv4 = is4;
    scope = newScope;
    port = newPort;
  }

  /** Takes an address over; looks the zone's interface up, if there is a zone. */
  public void set(AddrPort from) {
    if (from.equals(object)) {
      present = true;
      return;
    }
    Addr addr = from.addr();
    ByteBuffer bytes = ByteBuffer.wrap(addr.as16());
    set6(bytes.getLong(), bytes.getLong(), ScopeId.of(addr.zone()), from.port());
    object = from;
  }

  public void set(RawAddr from) {
    if (from.present) {
      set(from.high, from.low, from.ipv4, from.scope, from.port);
      object = from.object;
    } else {
      clear();
    }
  }

  /** Whether both are the same address and port, or both are none. */
  public boolean same(RawAddr other) {
    return present == other.present
        && (!present
            || (high == other.high
                && low == other.low
                && ipv4 == other.ipv4
                && scope == other.scope
                && port == other.port));
  }

  /** 224.0.0.0/4, ff00::/8. */
  public boolean isMulticast() {
    return ipv4 ? ((int) low & 0xf000_0000) == 0xe000_0000 : high >>> 56 == 0xff;
  }

  /** fe80::/10. */
  public boolean isLinkLocal6() {
    return !ipv4 && high >>> 54 == 0xfe80 >>> 6;
  }

  /** The address as a value, null if there is none. */
  public @Nullable AddrPort toAddrPort() {
    if (!present) {
      return null;
    }
    AddrPort made = object;
    if (made == null) {
      byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
      Addr addr = Addr.from16(bytes);
      if (ipv4) {
        addr = addr.unmap();
      } else if (scope != 0) {
        addr = addr.withZone(ScopeId.zone(scope));
      }
      made = AddrPort.of(addr, port);
      object = made;
    }
    return made;
  }

  @Override
  public String toString() {
    return String.valueOf(toAddrPort());
  }
}
