package gonet;

import gonet.internal.backend.RawInterface;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import gonet.netip.MacAddr;
import gonet.netip.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as it was when it was asked for. Immutable; the counterpart of Go's {@code
 * net.Interface}.
 *
 * <p>On Linux each question goes to the kernel, by netlink(7) with the epoll backend, and takes
 * some ten to hundred microseconds: nothing is remembered, so interfaces come and go as they do.
 * With the nio backend the JDK's {@link java.net.NetworkInterface} answers, which costs more.
 *
 * @since 0.1
 */
public final class NetInterface {

  /** What an interface is and can. Go: {@code net.Flags}. */
  public enum Flag {
    /** It is switched on. */
    UP("up", RawInterface.UP),
    /** It has broadcast addresses. */
    BROADCAST("broadcast", RawInterface.BROADCAST),
    /** It leads back to this machine. */
    LOOPBACK("loopback", RawInterface.LOOPBACK),
    /** It leads to one other machine. */
    POINT_TO_POINT("pointtopoint", RawInterface.POINT_TO_POINT),
    /** It has groups. */
    MULTICAST("multicast", RawInterface.MULTICAST),
    /** Something is at its other end. */
    RUNNING("running", RawInterface.RUNNING);

    private final String text;
    private final int bit;

    Flag(String text, int bit) {
      this.text = text;
      this.bit = bit;
    }

    /** As Go writes it. */
    @Override
    public String toString() {
      return text;
    }
  }

  private final RawInterface raw;

  private NetInterface(RawInterface raw) {
    this.raw = raw;
  }

  /**
   * All of this machine, in the order of their indexes. Go: {@code Interfaces}.
   *
   * @throws IOException if the system does not tell
   */
  public static List<NetInterface> all() throws IOException {
    OwnStack.requireRoom();
    Op op = new Op("route", "ip+net", null, null);
    List<NetInterface> all = new ArrayList<>();
    try {
      for (RawInterface each : Netpolls.get(op).sockets().interfaces()) {
        all.add(new NetInterface(each));
      }
    } catch (SyscallException e) {
      throw OpErrors.syscall(op, e);
    }
    return List.copyOf(all);
  }

  /** The one of this name; empty if there is none. Go: {@code InterfaceByName}. */
  public static Optional<NetInterface> byName(String name) throws IOException {
    Objects.requireNonNull(name, "name");
    for (NetInterface each : all()) {
      if (each.name().equals(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /**
   * The one with this index; empty if there is none. Go: {@code InterfaceByIndex}.
   *
   * @throws IllegalArgumentException if {@code index} is not above zero
   */
  public static Optional<NetInterface> byIndex(int index) throws IOException {
    if (index <= 0) {
      throw new IllegalArgumentException("interface index is " + index + ", not above 0");
    }
    for (NetInterface each : all()) {
      if (each.index() == index) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** The addresses of all interfaces. Go: {@code InterfaceAddrs}. */
  public static List<Prefix> allAddrs() throws IOException {
    List<Prefix> addrs = new ArrayList<>();
    for (NetInterface each : all()) {
      addrs.addAll(each.addrs());
    }
    return List.copyOf(addrs);
  }

  /** The number that the system knows it by; above zero. */
  public int index() {
    return raw.index();
  }

  /** The name, such as {@code eth0}; also the zone of its link-local addresses. */
  public String name() {
    return raw.name();
  }

  /** The longest packet, in bytes; 0 if unknown. */
  public int mtu() {
    return raw.mtu();
  }

  /** The hardware address; null if it has none. */
  public @Nullable MacAddr hardwareAddr() {
    return raw.hardware();
  }

  /** What it is and can. */
  public Set<Flag> flags() {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if ((raw.flags() & flag.bit) != 0) {
        flags.add(flag);
      }
    }
    return Set.copyOf(flags);
  }

  /** Its own addresses, with the lengths of their networks and without zones. */
  public List<Prefix> addrs() {
    return List.copyOf(raw.addrs());
  }

  /**
   * The groups that sockets and the system have joined on it, as they are now; groups of IPv6
   * without zones. Go: {@code MulticastAddrs}.
   *
   * @throws UnsupportedOperationException where the system is not Linux
   */
  public List<Addr> multicastAddrs() throws IOException {
    OwnStack.requireRoom();
    return MulticastGroups.of(index());
  }

  /** Name, index and flags, as in Go: {@code lo 1 up|loopback|running}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(raw.name()).append(' ').append(raw.index());
    char before = ' ';
    for (Flag flag : Flag.values()) {
      if ((raw.flags() & flag.bit) != 0) {
        text.append(before).append(flag);
        before = '|';
      }
    }
    return text.toString();
  }
}
