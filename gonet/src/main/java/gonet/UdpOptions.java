package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.ScopeId;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import java.io.IOException;
import java.net.NetworkInterface;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can be set on a UDP socket, and the groups that it is in. */
abstract sealed class UdpOptions extends DatagramConn permits UdpConn {
  final Family family;

  UdpOptions(
      Descriptor descriptor,
      Poller poller,
      String network,
      Family family,
      @Nullable UdpAddr local,
      @Nullable UdpAddr remote) {
    super(descriptor, poller, network, local, remote);
    this.family = family;
  }

  // ---- options ---------------------------------------------------------------------------------

  /**
   * IP_TOS and IPV6_TCLASS of what is sent: six bits of DSCP, then two of ECN. RFC 2474, RFC 3168.
   *
   * @param value 0 to 255
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setTrafficClass(int value) throws IOException {
    set(Option.TRAFFIC_CLASS, SocketOptions.trafficClass(value));
  }

  /** IP_TOS or IPV6_TCLASS. */
  public int trafficClass() throws IOException {
    return get(Option.TRAFFIC_CLASS);
  }

  /**
   * IP_TTL and IPV6_UNICAST_HOPS: how many routers what is sent may pass, except to groups.
   *
   * @param hops 1 to 255
   * @throws IllegalArgumentException naming the value that is out of range
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setHopLimit(int hops) throws IOException {
    set(Option.HOP_LIMIT, SocketOptions.hopLimit(hops, 1));
  }

  /** IP_TTL or IPV6_UNICAST_HOPS. */
  public int hopLimit() throws IOException {
    return get(Option.HOP_LIMIT);
  }

  /** SO_BROADCAST: whether it may send to broadcast addresses. Default: on. */
  public void setBroadcast(boolean on) throws IOException {
    set(Option.BROADCAST, on ? 1 : 0);
  }

  /** SO_BROADCAST. */
  public boolean broadcast() throws IOException {
    return get(Option.BROADCAST) != 0;
  }

  // ---- what is told of a datagram --------------------------------------------------------------

  /**
   * Whether {@link Datagram#localAddr} and {@link Datagram#interfaceIndex} are told: IP_PKTINFO,
   * IPV6_RECVPKTINFO. A socket on a wildcard needs it to answer from the address that it was asked
   * on. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveLocalAddr(boolean on) throws IOException {
    set(Option.RECEIVE_PACKET_INFO, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#hopLimit} is told: IP_RECVTTL, IPV6_RECVHOPLIMIT. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveHopLimit(boolean on) throws IOException {
    set(Option.RECEIVE_HOP_LIMIT, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#trafficClass} and {@link Datagram#ecn} are told: IP_RECVTOS,
   * IPV6_RECVTCLASS. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveTrafficClass(boolean on) throws IOException {
    set(Option.RECEIVE_TRAFFIC_CLASS, on ? 1 : 0);
  }

  /**
   * Whether {@link Datagram#timestamp} is told: SO_TIMESTAMPNS. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public void setReceiveTimestamp(boolean on) throws IOException {
    set(Option.RECEIVE_TIMESTAMP, on ? 1 : 0);
  }

  /**
   * Whether datagrams of one sender may be received as one, which {@link Datagram#segmentSize}
   * tells: UDP_GRO. Much cheaper where many arrive; a {@link Datagram} should have room for 64 KiB
   * then. Default: off.
   *
   * @throws UnsupportedOperationException with the nio backend, and where the kernel has it not
   */
  public void setCoalescing(boolean on) throws IOException {
    set(Option.COALESCE, on ? 1 : 0);
  }

  // ---- groups ----------------------------------------------------------------------------------

  /**
   * Joins a group: what is sent to it is received from then on, if it comes by this interface. The
   * group is left at the close. Go: {@code ipv4.PacketConn.JoinGroup}. RFC 1112, RFC 3810.
   *
   * @param on null for the zone of the group, or the system's choice
   * @throws NetAddressException if the address is no group, or of a family that this socket has not
   * @throws NetSocketException EADDRINUSE if it is in the group already, ENODEV if the interface is
   *     gone
   */
  public void joinGroup(Addr group, @Nullable NetInterface on) throws IOException {
    membership(true, group, index(on), null);
  }

  /** The same with an interface as the JDK shows it. */
  public void joinGroup(Addr group, @Nullable NetworkInterface on) throws IOException {
    membership(true, group, index(on), null);
  }

  /** The same on the interface that is the zone of the group, or on one of the system's choice. */
  public void joinGroup(Addr group) throws IOException {
    membership(true, group, 0, null);
  }

  /**
   * Joins a group for what one source sends to it (RFC 4607); for several sources call it for each.
   *
   * @throws NetAddressException as {@link #joinGroup(Addr, NetInterface)}; also if the source is of
   *     another family
   */
  public void joinGroup(Addr group, @Nullable NetInterface on, Addr source) throws IOException {
    membership(true, group, index(on), Objects.requireNonNull(source, "source"));
  }

  /** The same with an interface as the JDK shows it. */
  public void joinGroup(Addr group, @Nullable NetworkInterface on, Addr source) throws IOException {
    membership(true, group, index(on), Objects.requireNonNull(source, "source"));
  }

  /**
   * Leaves a group.
   *
   * @param on as for {@link #joinGroup(Addr, NetInterface)}
   * @throws NetSocketException EADDRNOTAVAIL if it is not in the group there
   */
  public void leaveGroup(Addr group, @Nullable NetInterface on) throws IOException {
    membership(false, group, index(on), null);
  }

  /** The same with an interface as the JDK shows it. */
  public void leaveGroup(Addr group, @Nullable NetworkInterface on) throws IOException {
    membership(false, group, index(on), null);
  }

  /** Leaves what {@link #joinGroup(Addr)} has joined. */
  public void leaveGroup(Addr group) throws IOException {
    membership(false, group, 0, null);
  }

  /** Hears one source less. */
  public void leaveGroup(Addr group, @Nullable NetInterface on, Addr source) throws IOException {
    membership(false, group, index(on), Objects.requireNonNull(source, "source"));
  }

  /** The same with an interface as the JDK shows it. */
  public void leaveGroup(Addr group, @Nullable NetworkInterface on, Addr source)
      throws IOException {
    membership(false, group, index(on), Objects.requireNonNull(source, "source"));
  }

  static int index(@Nullable NetInterface on) {
    return on == null ? 0 : on.index();
  }

  static int index(@Nullable NetworkInterface on) {
    return on == null ? 0 : on.getIndex();
  }

  final void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source)
      throws IOException {
    OwnStack.requireRoom();
    Addr plain = group.unmap();
    Addr from = source == null ? null : source.unmap();
    if (!plain.isMulticast()) {
      throw OpErrors.wrap(
          op(Op.SET), OpErrors.badAddress(group.toString(), "not a multicast address"));
    }
    boolean wrong = plain.is4() ? family == Family.INET6_ONLY : family == Family.INET4;
    if (wrong) {
      throw OpErrors.wrap(
          op(Op.SET),
          OpErrors.badAddress(
              group.toString(), plain.is4() ? "non-IPv6 address" : "non-IPv4 address"));
    }
    if (from != null && from.is4() != plain.is4()) {
      throw OpErrors.wrap(
          op(Op.SET), OpErrors.badAddress(from.toString(), "not of the family of " + group));
    }
    int index = interfaceIndex != 0 ? interfaceIndex : ScopeId.of(plain.zone());
    try {
      fd.use(
          d -> {
            d.membership(join, plain.withZone(""), index, from);
            return d;
          });
    } catch (FDException e) {
      throw SocketOptions.failure(join ? "joinGroup" : "leaveGroup", e, new SetOp(this));
    }
  }

  /**
   * By which interface datagrams to groups go out: IP_MULTICAST_IF, IPV6_MULTICAST_IF.
   *
   * @param on null, the default, for the system's choice
   * @throws UnsupportedOperationException for null with the nio backend
   */
  public void setMulticastInterface(@Nullable NetInterface on) throws IOException {
    set(Option.MULTICAST_INTERFACE, index(on));
  }

  /** The same with an interface as the JDK shows it. */
  public void setMulticastInterface(@Nullable NetworkInterface on) throws IOException {
    set(Option.MULTICAST_INTERFACE, index(on));
  }

  /**
   * How many routers datagrams to groups may pass: IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS. Default:
   * 1, which stays on the link.
   *
   * @param hops 0, which stays on this machine, to 255
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setMulticastHopLimit(int hops) throws IOException {
    set(Option.MULTICAST_HOP_LIMIT, SocketOptions.hopLimit(hops, 0));
  }

  /** IP_MULTICAST_TTL or IPV6_MULTICAST_HOPS. */
  public int multicastHopLimit() throws IOException {
    return get(Option.MULTICAST_HOP_LIMIT);
  }

  /**
   * Whether sockets of this machine hear what this one sends to groups: IP_MULTICAST_LOOP,
   * IPV6_MULTICAST_LOOP. Default: on, but off for {@link ListenConfig#listenMulticastUdp}.
   */
  public void setMulticastLoopback(boolean on) throws IOException {
    set(Option.MULTICAST_LOOP, on ? 1 : 0);
  }

  /** IP_MULTICAST_LOOP or IPV6_MULTICAST_LOOP. */
  public boolean multicastLoopback() throws IOException {
    return get(Option.MULTICAST_LOOP) != 0;
  }
}
