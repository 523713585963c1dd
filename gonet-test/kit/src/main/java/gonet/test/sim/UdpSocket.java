package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket in the kernel of a simulated machine (udp(7)). What has no room is dropped; a send
 * always finds room. No fragments: a datagram is lost or there. Confined to the carrier.
 */
final class UdpSocket extends OpenSocket implements Ports.Holder<UdpSocket> {
  private static final int DEFAULT_BUFFER = 212_992; // net.core.rmem_default
  private static final int OVERHEAD = 768; // what the kernel counts for each datagram besides
  private static final int SOCK_DGRAM = 2;
  private static final int LONGEST_4 = 65_507;
  private static final int LONGEST_6 = 65_527;
  private static final long NO_ROUTE_NANOS = 3_000_000_000L; // three ARP requests

  final Family family;
  @Nullable AddrPort local;
  @Nullable AddrPort peer;

  private final Map<Option, Integer> options = new EnumMap<>(Option.class);
  private final ArrayDeque<UdpPacket> queue = new ArrayDeque<>();
  private int queued;

  /** SO_ERROR, positive. */
  private int error;

  private boolean closed;

  UdpSocket(Machine machine, Family family) {
    super(machine);
    this.family = family;
    options.put(Option.BROADCAST, 1);
  }

  @Override
  int level() {
    int arrived = error != 0 || !queue.isEmpty() ? Readiness.READ : 0;
    return arrived | Readiness.WRITE;
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  void set(Option option, int value) {
    options.put(option, value);
  }

  @Override
  int get(Option option) {
    return options.getOrDefault(
        option,
        switch (option) {
          case RECEIVE_BUFFER, SEND_BUFFER -> DEFAULT_BUFFER;
          case V6_ONLY -> family == Family.INET6_ONLY ? 1 : 0;
          case HOP_LIMIT -> 64;
          default -> 0;
        });
  }

  private boolean both(Option option, UdpSocket other) {
    return get(option) != 0 && other.get(option) != 0;
  }

  // ---- addresses -------------------------------------------------------------------------------

  @Override
  public boolean conflicts(UdpSocket other, Addr addr) {
    AddrPort theirs = other.local;
    if (theirs == null || Machine.disjoint(family, other.family)) {
      return false;
    }
    boolean overlap =
        addr.isUnspecified() || theirs.addr().isUnspecified() || addr.equals(theirs.addr());
    return overlap && !both(Option.REUSE_ADDR, other) && !both(Option.REUSE_PORT, other);
  }

  private Addr unspecified() {
    return family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
  }

  /** What the kernel does for a socket that sends before it is bound. */
  private int bindAnywhere() {
    if (local != null) {
      return 0;
    }
    try {
      machine.bind(this, AddrPort.of(unspecified(), 0));
      return 0;
    } catch (SyscallException e) {
      return -Errno.EAGAIN; // no port is free
    }
  }

  /** Zero, or a negated errno for an address that this socket cannot send to. */
  private int unreachable(AddrPort to) {
    if (to.addr().is4() ? family == Family.INET6_ONLY : family == Family.INET4) {
      return -(to.addr().is4() ? Errno.ENETUNREACH : Errno.EAFNOSUPPORT);
    }
    if (to.addr().isMulticast() || to.addr().equals(Addr.parse("255.255.255.255"))) {
      throw machine.sim().lacks("datagrams to groups, of which " + to.addr() + " is one");
    }
    return 0;
  }

  int connect(AddrPort wanted) {
    int failure = unreachable(wanted);
    if (failure == 0) {
      failure = bindAnywhere();
    }
    AddrPort bound = local;
    if (failure != 0 || bound == null) {
      return failure;
    }
    Addr to = Machine.here(wanted.addr());
    if (bound.addr().isUnspecified()) {
      local = AddrPort.of(machine.source(to), bound.port());
    }
    peer = AddrPort.of(to, wanted.port());
    return 0;
  }

  // ---- in --------------------------------------------------------------------------------------

  /** A rank for a datagram, the better the higher; −1 if it is not for this socket. udp(7). */
  int takes(UdpPacket packet) {
    AddrPort bound = local;
    AddrPort mine = peer;
    Addr to = packet.to().addr();
    if (bound == null || (to.is4() ? family == Family.INET6_ONLY : family == Family.INET4)) {
      return -1;
    }
    boolean exact = bound.addr().equals(to);
    if (!exact && !bound.addr().isUnspecified()) {
      return -1;
    }
    if (mine != null && !mine.equals(packet.from())) {
      return -1;
    }
    return (mine != null ? 2 : 0) + (exact ? 1 : 0);
  }

  void arrived(UdpPacket packet) {
    int size = packet.data().length + OVERHEAD;
    if (queued + size > 2 * get(Option.RECEIVE_BUFFER)) { // Linux doubles what it is told
      if (machine.sim().log().kept()) {
        machine.sim().log().add(machine.name(), "drops a datagram: " + local + " is full");
      }
      return;
    }
    queued += size;
    queue.add(packet);
    edges().tell(Readiness.READ);
  }

  /** ICMP has told of a datagram of ours. Who has no peer does not hear of it. */
  void refused(UdpPacket packet) {
    if (packet.to().equals(peer)) {
      fail(Errno.ECONNREFUSED);
    }
  }

  private void fail(int errno) {
    if (!closed) {
      error = errno;
      edges().tell(Readiness.READ | Readiness.WRITE);
    }
  }

  int takeError() {
    int taken = error;
    error = 0;
    return -taken;
  }

  /** Whether there is a datagram, without taking it; a failure is told with it. */
  int probe() {
    if (error != 0) {
      return takeError();
    }
    return queue.isEmpty() ? -Errno.EAGAIN : 0;
  }

  @Nullable UdpPacket take() {
    UdpPacket first = queue.poll();
    if (first != null) {
      queued -= first.data().length + OVERHEAD;
    }
    return first;
  }

  int available() {
    UdpPacket first = queue.peek();
    return first == null ? 0 : first.data().length;
  }

  // ---- out -------------------------------------------------------------------------------------

  /**
   * Sends one.
   *
   * @param to null for the peer
   */
  int send(byte[] data, @Nullable AddrPort to) {
    if (error != 0) {
      return takeError();
    }
    AddrPort way = to == null ? peer : to;
    if (way == null) {
      return -Errno.EDESTADDRREQ;
    }
    if (way.port() == 0) {
      return -Errno.EINVAL;
    }
    if (data.length > (way.addr().is4() ? LONGEST_4 : LONGEST_6)) {
      return -Errno.EMSGSIZE;
    }
    int failure = unreachable(way);
    if (failure == 0) {
      failure = bindAnywhere();
    }
    AddrPort bound = local;
    if (failure != 0 || bound == null) {
      return failure;
    }
    Addr there = Machine.here(way.addr());
    Addr from = bound.addr().isUnspecified() ? machine.source(there) : bound.addr();
    if (!machine.reaches(there)) {
      machine.time().after(NO_ROUTE_NANOS, () -> unanswered(way));
    }
    machine.send(
        new UdpPacket(
            AddrPort.of(from, bound.port()), AddrPort.of(there, way.port()), data, false));
    return data.length;
  }

  private void unanswered(AddrPort to) {
    if (to.equals(peer)) {
      fail(Errno.EHOSTUNREACH);
    }
  }

  @Override
  SimDescriptor descriptor(HostProcess process, int number) {
    return new UdpDescriptor(process, this, number);
  }

  @Override
  void requireStream(boolean listening) throws WrongSocketException {
    throw new WrongSocketException(WrongSocketException.Trait.TYPE, SOCK_DGRAM);
  }

  @Override
  void requireDatagrams() {}

  @Override
  void lastClose() {
    closed = true;
    queue.clear();
    AddrPort bound = local;
    if (bound != null) {
      machine.forget(this, bound.port());
    }
  }

  @Override
  public String toString() {
    return "UDP " + local + (peer == null ? "" : " " + peer);
  }
}
