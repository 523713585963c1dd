package gonet;

import gonet.internal.dial.DialRace;
import gonet.internal.dial.DialSerial;
import gonet.internal.flight.Trace;
import gonet.internal.lookup.DestinationOrder;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to connect. Immutable: each {@code with} method gives a changed copy. Go: {@code net.Dialer}.
 *
 * {@snippet :
 * Dialer dialer = Dialer.defaults().withTimeout(Duration.ofSeconds(3));
 * try (Conn conn = dialer.dial("tcp", "example.com:7099")) {
 *   conn.write("hello".getBytes(UTF_8));
 * }
 * }
 *
 * <p>A dial runs on the thread that calls, and where a name has addresses of both families on one
 * more virtual thread until it is over. It starts no platform thread.
 *
 * <p>A dial is cancelled by interrupting its thread: it throws {@link NetInterruptedException} and
 * leaves nothing open.
 *
 * @since 0.1
 */
public final class Dialer {
  /** Apart, because this class must have no initializer: see {@link FirstUse}. */
  private static final class Defaults {
    private static final Dialer DIALER =
        new Dialer(
            SocketSettings.DEFAULTS,
            NO_TIMEOUT,
            null,
            null,
            TimeUnit.MILLISECONDS.toNanos(300),
            Resolver.standard(),
            null);

    private static final UnaryOperator<List<Addr>> ORDER = DestinationOrder::sorted;

    private Defaults() {}
  }

  /** In place of a fallback delay: one address after the other, whatever its family. */
  private static final long NO_FALLBACK = -1;

  private static final long NO_TIMEOUT = -1;

  private final SocketSettings settings;

  /** {@link #NO_TIMEOUT} for none. */
  private final long timeoutNanos;

  private final @Nullable Instant deadline;
  private final @Nullable NetAddr localAddr;
  private final long fallbackDelayNanos;
  private final Resolver resolver;
  private final @Nullable AddrFilter addrFilter;

  private Dialer(
      SocketSettings settings,
      long timeoutNanos,
      @Nullable Instant deadline,
      @Nullable NetAddr localAddr,
      long fallbackDelayNanos,
      Resolver resolver,
      @Nullable AddrFilter addrFilter) {
    this.settings = settings;
    this.timeoutNanos = timeoutNanos;
    this.deadline = deadline;
    this.localAddr = localAddr;
    this.fallbackDelayNanos = fallbackDelayNanos;
    this.resolver = resolver;
    this.addrFilter = addrFilter;
  }

  /**
   * The defaults: no time limit but the kernel's, a local address of the system's choice, 300 ms of
   * fallback delay, TCP_NODELAY, {@link KeepAlive#on}.
   */
  public static Dialer defaults() {
    FirstUse.prepare();
    return Defaults.DIALER;
  }

  // ---- time ------------------------------------------------------------------------------------

  /**
   * The longest a dial may take in all, lookup included; null, the default, for no limit. The time
   * is divided over the addresses of a name: each gets its share of what is left, but at least 2 s
   * where there are.
   *
   * @param timeout zero, which {@link TimeLimit#left} says of a limit that is over: a dial fails at
   *     once with a {@link NetTimeoutException}
   * @throws IllegalArgumentException if {@code timeout} is negative
   */
  public Dialer withTimeout(@Nullable Duration timeout) {
    long nanos = timeout == null ? NO_TIMEOUT : Durations.nanos(timeout, "timeout");
    return new Dialer(
        settings, nanos, deadline, localAddr, fallbackDelayNanos, resolver, addrFilter);
  }

  /**
   * The moment at which a dial ends; null, the default, for none. The earlier of the two counts.
   */
  public Dialer withDeadline(@Nullable Instant when) {
    return new Dialer(
        settings, timeoutNanos, when, localAddr, fallbackDelayNanos, resolver, addrFilter);
  }

  /**
   * How long the addresses of the first one's family are alone in the race before those of the
   * other family join (RFC 8305, "Happy Eyeballs"). Only for {@code tcp}. Default: 300 ms.
   *
   * @param delay null: no race, one address after the other
   * @throws IllegalArgumentException if {@code delay} is negative
   */
  public Dialer withFallbackDelay(@Nullable Duration delay) {
    long nanos = delay == null ? NO_FALLBACK : Durations.nanos(delay, "fallback delay");
    return new Dialer(settings, timeoutNanos, deadline, localAddr, nanos, resolver, addrFilter);
  }

  // ---- the socket ------------------------------------------------------------------------------

  /**
   * The address and port on this side; null, the default, for the system's choice. Only remote
   * addresses of its family are tried then; {@code 0.0.0.0} and {@code ::} mean the system's choice
   * in either family, except that {@code tcp4} refuses {@code ::}.
   *
   * @param addr an address of the network that will be dialled; a dial of another network throws
   *     {@link NetAddressException}
   */
  public Dialer withLocalAddr(@Nullable NetAddr addr) {
    return new Dialer(
        settings, timeoutNanos, deadline, addr, fallbackDelayNanos, resolver, addrFilter);
  }

  /**
   * The resolver that turns host names into addresses. Default: {@link Resolver#standard}. It is
   * asked for the family that the network wants, with the time that is left; its answer is dialled
   * in the order of RFC 6724, and in its own order where those rules make no difference.
   */
  public Dialer withResolver(Resolver resolver) {
    return new Dialer(
        settings,
        timeoutNanos,
        deadline,
        localAddr,
        fallbackDelayNanos,
        Objects.requireNonNull(resolver, "resolver"),
        addrFilter);
  }

  /**
   * Which addresses may be dialled; null, the default, for all. For programs whose users say where
   * to connect, against requests into networks that are not theirs. Of a name's addresses those
   * that it allows are tried; if there is none, as for an address that it refuses, the dial throws
   * {@link NetAddressException}. Unix sockets have no such address, and it is not asked of them.
   */
  public Dialer withAddrFilter(@Nullable AddrFilter filter) {
    return new Dialer(
        settings, timeoutNanos, deadline, localAddr, fallbackDelayNanos, resolver, filter);
  }

  /**
   * Multipath TCP for TCP connections, where both machines have it: a connection that goes on over
   * another network when one fails. Without it on this machine it is plain TCP, as in Go; {@link
   * TcpConn#isMultipath} tells. Default: off. RFC 8684.
   */
  public Dialer withMultipath(boolean on) {
    return with(settings.withMultipath(on));
  }

  /** Called before bind and connect, for each address tried; null for nothing, the default. */
  public Dialer withControl(@Nullable SocketControl control) {
    return with(settings.withControl(control));
  }

  /** TCP_NODELAY. Default: on. {@link TcpConn#setNoDelay}. */
  public Dialer withNoDelay(boolean on) {
    return with(settings.withNoDelay(on));
  }

  /** Keepalive probes. Default: {@link KeepAlive#on}. */
  public Dialer withKeepAlive(KeepAlive config) {
    return with(settings.withKeepAlive(Objects.requireNonNull(config, "config")));
  }

  /**
   * TCP_USER_TIMEOUT. {@link TcpConn#setUserTimeout}. A dial fails with ENOPROTOOPT, an
   * IOException, where the nio backend runs.
   *
   * @param timeout 1 ms to 24 days; null, the default, for the system's own
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public Dialer withUserTimeout(@Nullable Duration timeout) {
    return with(settings.withUserTimeout(timeout));
  }

  /**
   * SO_RCVBUF. {@link TcpConn#setReadBuffer}.
   *
   * @param bytes null, the default, for a size that the system tunes
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public Dialer withReadBuffer(@Nullable Integer bytes) {
    return with(settings.withReadBuffer(bytes));
  }

  /**
   * SO_SNDBUF. {@link TcpConn#setWriteBuffer}.
   *
   * @param bytes null, the default, for a size that the system tunes
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public Dialer withWriteBuffer(@Nullable Integer bytes) {
    return with(settings.withWriteBuffer(bytes));
  }

  /**
   * IP_TOS or IPV6_TCLASS. {@link TcpConn#setTrafficClass}.
   *
   * @param value 0 to 255; null, the default, for the system's own
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public Dialer withTrafficClass(@Nullable Integer value) {
    return with(settings.withTrafficClass(value));
  }

  // ---- dial ------------------------------------------------------------------------------------

  /**
   * Connects to an address of the JDK, with these settings: an {@link java.net.InetSocketAddress}
   * means {@code tcp}. One that is unresolved has its name looked up by the resolver of these
   * settings, as in {@link #dial(String, String)}. A {@link UnixDomainSocketAddress} means {@code
   * unix}.
   *
   * @throws NetAddressException for an address of a network that gonet has not
   * @throws IOException as {@link Net#dial(String, String)}
   */
  public Conn dial(SocketAddress remote) throws IOException {
    Objects.requireNonNull(remote, "remote");
    if (remote instanceof InetSocketAddress inet) {
      return inet.isUnresolved()
          ? dialTcp(TcpAddr.NETWORK, HostPort.join(inet.getHostString(), "" + inet.getPort()))
          : dialTcp(TcpAddr.NETWORK, TcpAddr.of(inet));
    }
    if (remote instanceof UnixDomainSocketAddress unix) {
      return dialUnix(UnixAddr.STREAM, UnixAddr.pathOf(unix));
    }
    throw OpErrors.unsupportedAddress(Op.DIAL, remote);
  }

  /** As {@link Net#dial(String, String)}, with these settings. */
  public Conn dial(String network, String address) throws IOException {
    if (InetNetwork.UDP.has(network)) {
      return dialUdp(network, address);
    }
    if (UnixAddr.DATAGRAM.equals(network)) {
      return dialUnixgram(address);
    }
    if (IpNetwork.isMeant(network)) {
      return dialIp(network, address);
    }
    return UnixAddr.isUnix(network) ? dialUnix(network, address) : dialTcp(network, address);
  }

  /**
   * As {@link #dial(String, String)}, for TCP alone. Go: {@code DialTCP}, with names.
   *
   * @param network {@code tcp}, {@code tcp4} or {@code tcp6}
   */
  public TcpConn dialTcp(String network, String address) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    Object trace = Trace.beginDial();
    try {
      return dialed(trace, network, address, dialByName(network, address));
    } catch (Throwable t) {
      Trace.dialFailed(trace, network, address, t);
      throw t;
    }
  }

  private TcpConn dialByName(String network, String address) throws IOException {
    long limit = limit();
    DialAddresses<TcpAddr> find =
        new DialAddresses<>(InetNetwork.TCP, network, localAddr, addrFilter);
    TcpAddr local = find.local(null);
    AddressList<TcpAddr> addresses = find.byName(lookup(limit), address, local);
    DialSerial<TcpAddr, TcpConn> serial =
        new DialSerial<>(new TcpSockets.Dial(settings, network, local), limit);
    if (!network.equals("tcp") || fallbackDelayNanos == NO_FALLBACK) {
      return serial.dial(addresses.addresses());
    }
    List<TcpAddr> fallbacks = addresses.fallbacks();
    return fallbacks.isEmpty()
        ? serial.dial(addresses.primaries())
        : new DialRace<>(serial, fallbackDelayNanos).dial(addresses.primaries(), fallbacks);
  }

  /**
   * Connects to an address that needs no lookup. Go: {@code DialTCP}.
   *
   * @throws NetAddressException if the network is unknown or of the other family, or the local
   *     address is
   */
  public TcpConn dialTcp(String network, TcpAddr remote) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(remote, "remote");
    Object trace = Trace.beginDial();
    try {
      return dialed(trace, network, remote, dialAddress(network, remote));
    } catch (Throwable t) {
      Trace.dialFailed(trace, network, remote, t);
      throw t;
    }
  }

  private TcpConn dialAddress(String network, TcpAddr remote) throws IOException {
    DialAddresses<TcpAddr> find =
        new DialAddresses<>(InetNetwork.TCP, network, localAddr, addrFilter);
    TcpAddr local = find.local(remote);
    AddressList<TcpAddr> one = find.only(remote, local);
    return new DialSerial<>(new TcpSockets.Dial(settings, network, local), limit())
        .dial(one.addresses());
  }

  /**
   * As {@link #dial(String, String)}, for UDP alone. Go: {@code DialUDP}, with names. A name's
   * addresses are tried one after the other, and the first that this machine has a way to is taken:
   * nobody has answered yet.
   *
   * @param network {@code udp}, {@code udp4} or {@code udp6}
   */
  public UdpConn dialUdp(String network, String address) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    Object trace = Trace.beginDial();
    try {
      long limit = limit();
      DialAddresses<UdpAddr> find =
          new DialAddresses<>(InetNetwork.UDP, network, localAddr, addrFilter);
      UdpAddr local = find.local(null);
      AddressList<UdpAddr> addresses = find.byName(lookup(limit), address, local);
      return dialed(trace, network, address, dialUdp(network, local, addresses, limit));
    } catch (Throwable t) {
      Trace.dialFailed(trace, network, address, t);
      throw t;
    }
  }

  /**
   * Connects to an address that needs no lookup. Go: {@code DialUDP}.
   *
   * @throws NetAddressException if the network is unknown or of the other family, or the local
   *     address is
   */
  public UdpConn dialUdp(String network, UdpAddr remote) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(remote, "remote");
    Object trace = Trace.beginDial();
    try {
      DialAddresses<UdpAddr> find =
          new DialAddresses<>(InetNetwork.UDP, network, localAddr, addrFilter);
      UdpAddr local = find.local(remote);
      AddressList<UdpAddr> one = find.only(remote, local);
      return dialed(trace, network, remote, dialUdp(network, local, one, limit()));
    } catch (Throwable t) {
      Trace.dialFailed(trace, network, remote, t);
      throw t;
    }
  }

  private UdpConn dialUdp(
      String network, @Nullable UdpAddr local, AddressList<UdpAddr> addresses, long limit)
      throws IOException {
    return new DialSerial<>(new UdpSockets.Dial(settings, network, local), limit)
        .dial(addresses.addresses());
  }

  private static <C extends SocketConn> C dialed(
      @Nullable Object trace, String network, Object address, C conn) {
    conn.established();
    Trace.dialed(trace, conn.fd.number(), network, address, conn);
    return conn;
  }

  /**
   * A raw IP socket that has a peer. Go: {@code DialIP}, with names; {@link ListenConfig#listenIp}
   * says what a network is.
   *
   * @param address a host without a port
   * @throws NetAddressException if network or address mean nothing, or the backend has none
   * @throws NetSocketException EPERM if the process may not
   */
  public IpConn dialIp(String network, String address) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    Object trace = Trace.beginDial();
    try {
      long limit = limit();
      IpNetwork ip;
      IpAddr remote;
      IpAddr local;
      try {
        ip = IpNetwork.parse(network);
        local = DialAddresses.localIp(localAddr, ip);
        remote = DialAddresses.ip(ip, lookup(limit), address, addrFilter);
      } catch (IOException e) {
        throw OpErrors.wrap(new Op(Op.DIAL, network, localAddr, null), e);
      }
      IpSockets.Dial dial = new IpSockets.Dial(settings, ip, local);
      return dialed(trace, network, address, new DialSerial<>(dial, limit).dial(List.of(remote)));
    } catch (Throwable t) {
      Trace.dialFailed(trace, network, address, t);
      throw t;
    }
  }

  /**
   * As {@link #dial(String, String)}, for Unix sockets alone. Go: {@code DialUnix}.
   *
   * @param network {@code unix} or {@code unixpacket}
   * @param address a path, or {@code @} and an abstract name
   */
  public UnixConn dialUnix(String network, String address) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    return dialUnix(unixAddr(network, address));
  }

  private UnixAddr unixAddr(String network, String address) throws IOException {
    try {
      return DialAddresses.unix(network, address);
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.DIAL, network, localAddr, null), e);
    }
  }

  /**
   * Connects to an address. Go: {@code DialUnix}.
   *
   * <p>Where the listener's queue is full this waits for room, until the dial's time is over; Go
   * fails at once, with EAGAIN.
   *
   * @throws NetAddressException if the local address is of another network, or the backend has no
   *     such sockets
   */
  public UnixConn dialUnix(UnixAddr remote) throws IOException {
    try {
      UnixAddr.checkNetwork(remote.network());
    } catch (IOException e) {
      throw OpErrors.wrap(new Op(Op.DIAL, remote.network(), localAddr, remote), e);
    }
    return (UnixConn) dialName(remote);
  }

  /**
   * A Unix socket for datagrams that has a peer. Go: {@code DialUnix} of the network {@code
   * unixgram}.
   *
   * @param address a path, or {@code @} and an abstract name
   */
  public UnixgramConn dialUnixgram(String address) throws IOException {
    Objects.requireNonNull(address, "address");
    return dialUnixgram(unixAddr(UnixAddr.DATAGRAM, address));
  }

  /**
   * The same. A {@linkplain #withLocalAddr local address} gives it a name, to which others answer.
   *
   * @throws NetAddressException if one of the two is of another network, or the backend has no such
   *     sockets
   */
  public UnixgramConn dialUnixgram(UnixAddr remote) throws IOException {
    if (!remote.network().equals(UnixAddr.DATAGRAM)) {
      throw OpErrors.wrap(
          new Op(Op.DIAL, remote.network(), localAddr, remote),
          AddressList.otherNetwork(remote.network()));
    }
    return (UnixgramConn) dialName(remote);
  }

  private SocketConn dialName(UnixAddr remote) throws IOException {
    Object trace = Trace.beginDial();
    try {
      UnixAddr local = DialAddresses.localUnix(localAddr, remote);
      SocketConn conn =
          new DialSerial<>(new UnixSockets.Dial(settings, local), limit()).dial(List.of(remote));
      return dialed(trace, remote.network(), remote, conn);
    } catch (Throwable t) {
      Trace.dialFailed(trace, remote.network(), remote, t);
      throw t;
    }
  }

  private Lookup lookup(long limit) {
    return new Lookup(resolver, limit, Defaults.ORDER);
  }

  private long limit() {
    long byTimeout = timeoutNanos == NO_TIMEOUT ? Clock.NONE : Clock.after(timeoutNanos);
    return Clock.earlier(byTimeout, Durations.moment(deadline));
  }

  private Dialer with(SocketSettings changed) {
    return new Dialer(
        changed, timeoutNanos, deadline, localAddr, fallbackDelayNanos, resolver, addrFilter);
  }

  /** The same whose local address, if it is one of IP, is of this network: {@code udp} or TCP. */
  Dialer localAs(String network) {
    boolean portAlone = localAddr instanceof InetAddr inet && !inet.hasHost();
    AddrPort local = localAddr == null ? null : localAddr.addrPort();
    if (local == null) {
      return this;
    }
    if (network.equals(UdpAddr.NETWORK)) {
      return withLocalAddr(portAlone ? UdpAddr.ofPort(local.port()) : UdpAddr.of(local));
    }
    return withLocalAddr(portAlone ? TcpAddr.ofPort(local.port()) : TcpAddr.of(local));
  }

  /** All settings. */
  @Override
  public String toString() {
    return "Dialer[timeout "
        + (timeoutNanos == NO_TIMEOUT ? "none" : Duration.ofNanos(timeoutNanos))
        + ", deadline "
        + (deadline == null ? "none" : deadline)
        + ", local address "
        + (localAddr == null ? "system's" : localAddr)
        + ", fallback delay "
        + (fallbackDelayNanos == NO_FALLBACK ? "none" : Duration.ofNanos(fallbackDelayNanos))
        + ", "
        + settings.text()
        + "]";
  }
}
