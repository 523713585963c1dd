package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host from one start to its crash: the sockets of its kernel, and the processes that run on it.
 * Confined to the carrier.
 */
final class Machine {
  private static final Addr LOOPBACK = Addr.parse("127.0.0.1");

  private static final int FIRST_PID = 100;

  private record Pair(AddrPort local, AddrPort remote) {}

  private final Sim sim;
  private final Host host;
  private final Map<Pair, TcpSocket> connections = new LinkedHashMap<>();
  private final Ports<TcpSocket> tcp;
  private final Ports<UdpSocket> udp;
  private final UnixNames unixNames;
  private final List<HostProcess> processes = new ArrayList<>();
  private long lastLoopback;
  private boolean gone;

  Machine(Sim sim, Host host) {
    this.sim = sim;
    this.host = host;
    int first = sim.network(Ports.EPHEMERAL);
    tcp = new Ports<>(first);
    udp = new Ports<>(Ports.EPHEMERAL - 1 - first);
    unixNames = new UnixNames(this);
    HostProcess _ = process("");
  }

  Host host() {
    return host;
  }

  String name() {
    return host.name();
  }

  Sim sim() {
    return sim;
  }

  Time time() {
    return sim.time();
  }

  boolean gone() {
    return gone;
  }

  /** The process that is there from the beginning. */
  HostProcess firstProcess() {
    return processes.getFirst();
  }

  HostProcess process(String name) {
    HostProcess made = new HostProcess(this, name, FIRST_PID + processes.size());
    processes.add(made);
    return made;
  }

  /** The process of a number, which may have ended; null if there was none of this number. */
  @Nullable HostProcess numbered(long pid) {
    long index = pid - FIRST_PID;
    return index < 0 || index >= processes.size() ? null : processes.get((int) index);
  }

  /** Nothing of it is left, and nobody is told. */
  void crash() {
    gone = true;
    processes.forEach(HostProcess::ended);
    for (TcpSocket each : connections.values()) {
      each.vanish();
    }
    connections.clear();
    tcp.clear();
    udp.clear();
  }

  // ---- addresses -------------------------------------------------------------------------------

  boolean owns(Addr addr) {
    return addr.isLoopback() || addr.equals(host.addr()) || addr.equals(host.addr6());
  }

  /** The address that a connection to {@code remote} comes from. */
  Addr source(Addr remote) {
    if (remote.isLoopback()) {
      return remote.is4() ? LOOPBACK : remote; // all of 127.0.0.0/8 is reached from one address
    }
    return remote.is4() ? host.addr() : host.addr6();
  }

  /** This machine in the place of the unspecified address. */
  static Addr here(Addr to) {
    if (!to.isUnspecified()) {
      return to;
    }
    return to.is4() ? LOOPBACK : Addr.ipv6Loopback();
  }

  /** The names of its Unix sockets. */
  UnixNames unixNames() {
    return unixNames;
  }

  /** Whether anybody has this address. */
  boolean reaches(Addr to) {
    return to.isLoopback() || sim.net().has(to);
  }

  /** Whether sockets of the two families never meet, whatever their addresses are. */
  static boolean disjoint(Family one, Family other) {
    return (one == Family.INET4 && other == Family.INET6_ONLY)
        || (one == Family.INET6_ONLY && other == Family.INET4);
  }

  private void requireMine(Addr addr) throws SyscallException {
    if (!addr.isUnspecified() && !owns(addr)) {
      throw new SyscallException("bind", Errno.EADDRNOTAVAIL);
    }
  }

  /** Gives a socket a local address. */
  void bind(TcpSocket socket, AddrPort wanted) throws SyscallException {
    requireMine(wanted.addr());
    socket.local = tcp.choose(socket, wanted);
    hold(socket);
  }

  /** The same for UDP. */
  void bind(UdpSocket socket, AddrPort wanted) throws SyscallException {
    requireMine(wanted.addr());
    AddrPort chosen = udp.choose(socket, wanted);
    socket.local = chosen;
    udp.add(chosen.port(), socket);
  }

  /** Counts the socket among those of its port. */
  void hold(TcpSocket socket) {
    tcp.add(socket.local().port(), socket);
  }

  List<TcpSocket> on(int port) {
    return tcp.on(port);
  }

  /** A port of TCP that nobody has; 0 if there is none. */
  int freePort() {
    return tcp.free();
  }

  /** Lets a socket have a peer; false if another one has this pair of addresses. */
  boolean pair(TcpSocket socket) {
    Pair pair = new Pair(socket.local(), socket.remote());
    TcpSocket other = connections.get(pair);
    if (other != null && !other.reusable()) {
      return false;
    }
    connections.put(pair, socket);
    return true;
  }

  void forget(TcpSocket socket) {
    AddrPort local = socket.local;
    if (local == null) {
      return;
    }
    AddrPort remote = socket.remote;
    if (remote != null) {
      connections.remove(new Pair(local, remote), socket);
    }
    tcp.remove(local.port(), socket);
  }

  void forget(UdpSocket socket, int port) {
    udp.remove(port, socket);
  }

  // ---- segments --------------------------------------------------------------------------------

  void send(Segment segment) {
    if (!gone) {
      sim.net().send(this, segment);
    }
  }

  long loopbackArrival(long nanos) {
    lastLoopback = Math.max(lastLoopback + 1, time().now() + nanos);
    return lastLoopback;
  }

  void arrived(Segment segment) {
    TcpSocket connection = connections.get(new Pair(segment.to(), segment.from()));
    if (connection != null) {
      connection.arrived(segment);
      return;
    }
    if (segment.has(Segment.SYN) && !segment.has(Segment.ACK)) {
      TcpSocket listener = listener(segment.to());
      if (listener != null) {
        listener.knock(segment);
        return;
      }
    }
    refuse(segment);
  }

  /** RFC 9293, 3.5.2: a reset for whatever belongs to no connection. */
  void refuse(Segment segment) {
    if (segment.has(Segment.RST)) {
      return;
    }
    boolean acked = segment.has(Segment.ACK);
    send(
        new Segment(
            segment.to(),
            segment.from(),
            acked ? Segment.RST : Segment.RST | Segment.ACK,
            acked ? segment.ack() : 0,
            segment.end(),
            0,
            Segment.NOTHING));
  }

  private @Nullable TcpSocket listener(AddrPort at) {
    TcpSocket found = null;
    for (TcpSocket each : on(at.port())) {
      if (each.listensAt(at.addr()) && (found == null || found.local().addr().isUnspecified())) {
        found = each;
      }
    }
    return found;
  }

  // ---- datagrams -------------------------------------------------------------------------------

  void send(UdpPacket packet) {
    if (!gone) {
      sim.net().send(this, packet);
    }
  }

  void arrived(UdpPacket packet) {
    if (packet.refused()) {
      for (UdpSocket each : List.copyOf(udp.on(packet.from().port()))) {
        each.refused(packet);
      }
      return;
    }
    UdpSocket best = null;
    int rank = -1;
    for (UdpSocket each : udp.on(packet.to().port())) {
      int takes = each.takes(packet);
      if (takes > rank) {
        best = each;
        rank = takes;
      }
    }
    if (best != null) {
      best.arrived(packet);
    } else {
      send(new UdpPacket(packet.from(), packet.to(), Segment.NOTHING, true));
    }
  }
}
