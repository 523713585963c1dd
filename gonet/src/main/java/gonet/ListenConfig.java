package gonet;

import gonet.internal.backend.Option;
import gonet.internal.time.OwnStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to listen. Immutable: each {@code with} method gives a changed copy. Go: {@code
 * net.ListenConfig}, with the options that Go leaves to {@code Control}.
 *
 * {@snippet :
 * ListenConfig config = ListenConfig.defaults().withBacklog(128).withReusePort(true);
 * try (Listener listener = config.listen("tcp", ":7099")) {
 *   Conn conn = listener.accept();
 * }
 * }
 *
 * <p>Settings of connections are set once on the listener, from which accepted ones inherit them.
 *
 * @since 0.1
 */
public final class ListenConfig {

  /** In place of a backlog: the system's longest. */
  static final int LONGEST_BACKLOG = -1;

  /** Apart, because this class must have no initializer: see {@link FirstUse}. */
  private static final class Defaults {
    private static final ListenConfig CONFIG =
        new ListenConfig(
            SocketSettings.DEFAULTS, LONGEST_BACKLOG, false, Resolver.standard(), null, false);

    private Defaults() {}
  }

  private final SocketSettings settings;
  private final int backlog;
  private final boolean reusePort;
  private final Resolver resolver;
  private final @Nullable Set<PosixFilePermission> pathPermissions;
  private final boolean replaceStalePath;

  private ListenConfig(
      SocketSettings settings,
      int backlog,
      boolean reusePort,
      Resolver resolver,
      @Nullable Set<PosixFilePermission> pathPermissions,
      boolean replaceStalePath) {
    this.settings = settings;
    this.backlog = backlog;
    this.reusePort = reusePort;
    this.resolver = resolver;
    this.pathPermissions = pathPermissions;
    this.replaceStalePath = replaceStalePath;
  }

  /**
   * The defaults: the system's longest backlog, SO_REUSEADDR, no SO_REUSEPORT; for the connections
   * TCP_NODELAY and {@link KeepAlive#on}.
   */
  public static ListenConfig defaults() {
    FirstUse.prepare();
    return Defaults.CONFIG;
  }

  // ---- the listener ----------------------------------------------------------------------------

  /**
   * How many connections may wait to be accepted; Linux takes one more. listen(2).
   *
   * @param connections at least zero; null, the default, for the system's longest,
   *     /proc/sys/net/core/somaxconn, which also bounds larger values
   * @throws IllegalArgumentException if {@code connections} is negative
   */
  public ListenConfig withBacklog(@Nullable Integer connections) {
    if (connections != null && connections < 0) {
      throw new IllegalArgumentException("backlog is " + connections + ", below 0");
    }
    int backlog = connections == null ? LONGEST_BACKLOG : connections;
    return new ListenConfig(
        settings, backlog, reusePort, resolver, pathPermissions, replaceStalePath);
  }

  /**
   * SO_REUSEPORT: several listeners, of one user, on one port; the kernel spreads connections over
   * them. Closing one resets what waits in its queue. Default: off. socket(7).
   */
  public ListenConfig withReusePort(boolean on) {
    return new ListenConfig(settings, backlog, on, resolver, pathPermissions, replaceStalePath);
  }

  /** The resolver that turns host names into addresses. Default: {@link Resolver#standard}. */
  public ListenConfig withResolver(Resolver resolver) {
    return new ListenConfig(
        settings,
        backlog,
        reusePort,
        Objects.requireNonNull(resolver, "resolver"),
        pathPermissions,
        replaceStalePath);
  }

  /** Called before bind; null for nothing, the default. */
  public ListenConfig withControl(@Nullable SocketControl control) {
    return with(settings.withControl(control));
  }

  // ---- the path of a Unix listener -------------------------------------------------------------

  /**
   * The permissions of a Unix listener's path: to connect takes write permission. Set before
   * anybody can connect, and not cut by the process' umask. For Unix networks with a path; other
   * networks do not mind it, while a listen by an abstract name, or with the nio backend, throws
   * {@link NetAddressException}. unix(7).
   *
   * {@snippet :
   * config.withPathPermissions(PosixFilePermissions.fromString("rw-rw----"));
   * }
   *
   * @param permissions null, the default, for what the umask leaves
   */
  public ListenConfig withPathPermissions(@Nullable Set<PosixFilePermission> permissions) {
    return new ListenConfig(
        settings,
        backlog,
        reusePort,
        resolver,
        permissions == null ? null : Set.copyOf(permissions),
        replaceStalePath);
  }

  /**
   * Whether a Unix listener may take over a path that a dead process has left: if a file of a
   * socket is in its way and a connect to it is refused, it removes the file and makes its own. A
   * socket that answers is never touched, and neither is one that may not be asked, or a file of
   * another kind: the listen fails with EADDRINUSE. One that is alive sees a connection that ends
   * at once.
   *
   * <p>Of several processes that start at once with this, one gets the path; with the nio backend
   * this holds for the threads of one process only. Default: off, as in Go.
   */
  public ListenConfig withReplaceStalePath(boolean on) {
    return new ListenConfig(settings, backlog, reusePort, resolver, pathPermissions, on);
  }

  // ---- its connections -------------------------------------------------------------------------

  /** TCP_NODELAY. Default: on. {@link TcpConn#setNoDelay}. */
  public ListenConfig withNoDelay(boolean on) {
    return with(settings.withNoDelay(on));
  }

  /** Keepalive probes. Default: {@link KeepAlive#on}. */
  public ListenConfig withKeepAlive(KeepAlive config) {
    return with(settings.withKeepAlive(Objects.requireNonNull(config, "config")));
  }

  /**
   * TCP_USER_TIMEOUT. {@link TcpConn#setUserTimeout}. A listen fails with ENOPROTOOPT, an
   * IOException, where the nio backend runs.
   *
   * @param timeout 1 ms to 24 days; null, the default, for the system's own
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public ListenConfig withUserTimeout(@Nullable Duration timeout) {
    return with(settings.withUserTimeout(timeout));
  }

  /**
   * SO_RCVBUF. {@link TcpConn#setReadBuffer}.
   *
   * @param bytes null, the default, for a size that the system tunes
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public ListenConfig withReadBuffer(@Nullable Integer bytes) {
    return with(settings.withReadBuffer(bytes));
  }

  /**
   * SO_SNDBUF. {@link TcpConn#setWriteBuffer}.
   *
   * @param bytes null, the default, for a size that the system tunes
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public ListenConfig withWriteBuffer(@Nullable Integer bytes) {
    return with(settings.withWriteBuffer(bytes));
  }

  /**
   * IP_TOS or IPV6_TCLASS. {@link TcpConn#setTrafficClass}.
   *
   * @param value 0 to 255; null, the default, for the system's own
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public ListenConfig withTrafficClass(@Nullable Integer value) {
    return with(settings.withTrafficClass(value));
  }

  /**
   * Multipath TCP: connections of clients that have it can be of several paths, others are plain
   * TCP; and so are all where this machine has it not. {@link Dialer#withMultipath}. Default: off;
   * in Go it is on.
   */
  public ListenConfig withMultipath(boolean on) {
    return with(settings.withMultipath(on));
  }

  // ---- listen ----------------------------------------------------------------------------------

  /**
   * Listens on an address of the JDK, with these settings: an {@link java.net.InetSocketAddress}
   * means {@code tcp}. The wildcard, as in {@code new InetSocketAddress(port)}, means every address
   * of the machine, of both families. One that is unresolved has its name looked up by the resolver
   * of these settings. A {@link UnixDomainSocketAddress} means {@code unix}.
   *
   * @throws NetAddressException for an address of a network that gonet has not
   * @throws IOException as {@link Net#listen(String, String)}
   */
  public Listener listen(SocketAddress local) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(local, "local");
    if (local instanceof InetSocketAddress inet) {
      return inet.isUnresolved()
          ? listenTcp(TcpAddr.NETWORK, HostPort.join(inet.getHostString(), "" + inet.getPort()))
          : listenTcp(TcpAddr.NETWORK, TcpAddr.of(inet));
    }
    if (local instanceof UnixDomainSocketAddress unix) {
      return listenUnix(UnixAddr.STREAM, UnixAddr.pathOf(unix));
    }
    throw OpErrors.unsupportedAddress(Op.LISTEN, local);
  }

  /** As {@link Net#listen(String, String)}, with these settings. */
  public Listener listen(String network, String address) throws IOException {
    OwnStack.requireRoom();
    return UnixAddr.isUnix(network) ? listenUnix(network, address) : listenTcp(network, address);
  }

  /**
   * As {@link #listen(String, String)}, for TCP alone. Go: {@code ListenTCP}, with names.
   *
   * @param network {@code tcp}, {@code tcp4} or {@code tcp6}
   */
  public TcpListener listenTcp(String network, String address) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    TcpAddr local;
    try {
      local =
          AddressList.resolve(InetNetwork.TCP, Lookup.plain(resolver), network, address)
              .forListen();
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, null), e);
    }
    return TcpSockets.listen(this, network, local);
  }

  /**
   * Listens on an address that needs no lookup. Go: {@code ListenTCP}.
   *
   * @param local a wildcard or an address of this machine; of the network's family
   * @throws NetAddressException if the network is unknown or of the other family
   */
  public TcpListener listenTcp(String network, TcpAddr local) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(local, "local");
    Op op = new Op(Op.LISTEN, network, null, local);
    try {
      InetNetwork.TCP.check(network);
      AddressList.checkFamily(network, local);
    } catch (IOException e) {
      throw OpErrors.wrap(op, e);
    }
    return TcpSockets.listen(this, network, local);
  }

  /**
   * Takes an address and does not listen yet: {@link BoundTcpSocket}. With the nio backend the
   * address must have a port, which is taken when it listens or dials.
   *
   * @param local as {@link #listenTcp(String, TcpAddr)}
   */
  public BoundTcpSocket bindTcp(String network, TcpAddr local) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(local, "local");
    try {
      InetNetwork.TCP.check(network);
      AddressList.checkFamily(network, local);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, local), e);
    }
    return TcpSockets.bind(this, network, local);
  }

  /**
   * As {@link #listen(String, String)}, for Unix sockets alone. Go: {@code ListenUnix}.
   *
   * @param network {@code unix} or {@code unixpacket}
   * @param address a path; {@code @} and an abstract name; or nothing, for a name of the kernel's
   *     choice
   */
  public UnixListener listenUnix(String network, String address) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    UnixAddr local;
    try {
      UnixAddr.checkNetwork(network);
      local = UnixAddr.resolve(network, address);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, null), e);
    }
    return UnixSockets.listen(this, local);
  }

  /**
   * Listens on an address. Go: {@code ListenUnix}.
   *
   * @throws NetAddressException if it is one of datagrams
   */
  public UnixListener listenUnix(UnixAddr local) throws IOException {
    OwnStack.requireRoom();
    try {
      UnixAddr.checkNetwork(local.network());
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, local.network(), null, local), e);
    }
    return UnixSockets.listen(this, local);
  }

  // ---- datagrams -------------------------------------------------------------------------------

  /** As {@link Net#listenPacket(String, String)}, with these settings. */
  public PacketConn listenPacket(String network, String address) throws IOException {
    OwnStack.requireRoom();
    if (IpNetwork.isMeant(network)) {
      return listenIp(network, address);
    }
    return UnixAddr.DATAGRAM.equals(network)
        ? listenUnixgram(address)
        : listenUdp(network, address);
  }

  /**
   * As {@link #listenPacket(String, String)}, for UDP alone. Go: {@code ListenUDP}, with names.
   *
   * @param network {@code udp}, {@code udp4} or {@code udp6}
   */
  public UdpConn listenUdp(String network, String address) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    UdpAddr local;
    try {
      local =
          AddressList.resolve(InetNetwork.UDP, Lookup.plain(resolver), network, address)
              .forListen();
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, null), e);
    }
    return UdpSockets.listen(this, network, local);
  }

  /**
   * A UDP socket on an address that needs no lookup. Go: {@code ListenUDP}.
   *
   * @param local a wildcard, an address of this machine, or a group; of the network's family
   * @throws NetAddressException if the network is unknown or of the other family
   */
  public UdpConn listenUdp(String network, UdpAddr local) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(local, "local");
    try {
      InetNetwork.UDP.check(network);
      AddressList.checkFamily(network, local);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, local), e);
    }
    return UdpSockets.listen(this, network, local);
  }

  /**
   * A UDP socket that is in a group and hears its port. Others may hear it too: SO_REUSEADDR.
   * {@link UdpConn#setMulticastLoopback} is off and, if {@code on} is given, {@link
   * UdpConn#setMulticastInterface} set. For what is simple; {@link #listenUdp} and {@link
   * UdpConn#joinGroup} do the rest. Go: {@code ListenMulticastUDP}.
   *
   * @param network {@code udp}, {@code udp4} or {@code udp6}
   * @param on null for the system's choice
   * @param group address and port
   * @throws NetAddressException if the network is unknown or of the other family, or the address is
   *     no group
   */
  public UdpConn listenMulticastUdp(String network, @Nullable NetInterface on, UdpAddr group)
      throws IOException {
    return listenMulticastUdp(network, UdpOptions.index(on), group);
  }

  /** The same with an interface as the JDK shows it. */
  public UdpConn listenMulticastUdp(String network, @Nullable NetworkInterface on, UdpAddr group)
      throws IOException {
    return listenMulticastUdp(network, UdpOptions.index(on), group);
  }

  private UdpConn listenMulticastUdp(String network, int interfaceIndex, UdpAddr group)
      throws IOException {
    if (!group.addr().isMulticast()) {
      throw OpErrors.wrap(
          new Op(Op.LISTEN, network, null, group),
          OpErrors.badAddress(group.addr().toString(), "not a multicast address"));
    }
    UdpConn conn = listenUdp(network, group);
    boolean joined = false;
    try {
      if (interfaceIndex != 0) {
        conn.set(Option.MULTICAST_INTERFACE, interfaceIndex);
      }
      conn.setMulticastLoopback(false);
      conn.membership(true, group.addr(), interfaceIndex, null);
      joined = true;
      return conn;
    } finally {
      if (!joined) {
        conn.close();
      }
    }
  }

  /**
   * A Unix socket for datagrams, of the network {@code unixgram}. Go: {@code ListenUnixgram}, with
   * names as text.
   *
   * @param address a path; {@code @} and an abstract name; or nothing, for a name of the kernel's
   *     choice
   * @throws NetAddressException if the address means nothing, or the backend has no such sockets
   */
  public UnixgramConn listenUnixgram(String address) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(address, "address");
    UnixAddr local;
    try {
      local = UnixAddr.resolve(UnixAddr.DATAGRAM, address);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, UnixAddr.DATAGRAM, null, null), e);
    }
    return UnixSockets.listenPacket(this, local);
  }

  /** The same. Go: {@code ListenUnixgram}. */
  public UnixgramConn listenUnixgram(UnixAddr local) throws IOException {
    OwnStack.requireRoom();
    if (!local.network().equals(UnixAddr.DATAGRAM)) {
      throw OpErrors.wrap(
          new Op(Op.LISTEN, local.network(), null, local),
          AddressList.otherNetwork(local.network()));
    }
    return UnixSockets.listenPacket(this, local);
  }

  /**
   * A raw IP socket on a local address. Go: {@code ListenIP}, with names.
   *
   * @param network {@code ip4:PROTOCOL}, {@code ip6:PROTOCOL}, {@code ip:PROTOCOL}: a number from 0
   *     to 255, or icmp, igmp, tcp, udp, ipv6-icmp
   * @param address a host without a port; empty for every address of the machine
   * @throws NetAddressException if network or address mean nothing, or the backend has none
   * @throws NetSocketException EPERM if the process may not
   */
  public IpConn listenIp(String network, String address) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    IpNetwork ip;
    IpAddr local;
    try {
      ip = IpNetwork.parse(network);
      local = address.isEmpty() ? ip.any() : ip.resolve(Lookup.plain(resolver), address);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.LISTEN, network, null, null), e);
    }
    return IpSockets.listen(this, ip, local);
  }

  SocketSettings settings() {
    return settings;
  }

  int backlog() {
    return backlog;
  }

  boolean reusePort() {
    return reusePort;
  }

  @Nullable Set<PosixFilePermission> pathPermissions() {
    return pathPermissions;
  }

  boolean replaceStalePath() {
    return replaceStalePath;
  }

  private ListenConfig with(SocketSettings changed) {
    return new ListenConfig(
        changed, backlog, reusePort, resolver, pathPermissions, replaceStalePath);
  }

  /** All settings. */
  @Override
  public String toString() {
    return "ListenConfig[backlog "
        + (backlog == LONGEST_BACKLOG ? "system's" : backlog)
        + ", reusePort "
        + reusePort
        + ", path permissions "
        + (pathPermissions == null ? "umask's" : PosixFilePermissions.toString(pathPermissions))
        + ", replaceStalePath "
        + replaceStalePath
        + ", "
        + settings.text()
        + "]";
  }
}
