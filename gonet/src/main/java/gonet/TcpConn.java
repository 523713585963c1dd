package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.SyscallException;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
import gonet.internal.time.Durations;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection. Go's {@code net.TCPConn}.
 *
 * <p>TCP_NODELAY is on and keepalive probes are sent after 15 s of silence unless the {@link
 * ListenConfig} or {@link Dialer} said otherwise. Options may be changed at any time by any thread;
 * they fail with {@link NetClosedException} after close, and with {@link
 * UnsupportedOperationException} where the backend or the system has none such: {@link
 * #supportedOptions} tells beforehand.
 *
 * @since 0.1
 */
public final class TcpConn extends SocketConn implements NetSocket {

  // Constants, because a lambda that is linked at the end of a stack stays broken.

  private static final FD.Use<AddrPort> LOCAL_ADDR = Descriptor::localAddr;
  private static final FD.Use<KeepAlive> KEEP_ALIVE = KeepAlive::of;
  private static final FD.Use<RawTcpInfo> INFO = Descriptor::tcpInfo;
  private static final FD.Use<Integer> UNSENT_BYTES = Descriptor::unsentBytes;
  private static final FD.Use<Integer> AVAILABLE_BYTES = Descriptor::availableBytes;
  private static final FD.Use<Boolean> MULTIPATH = Descriptor::isMultipath;

  // Where the other side is; not a TcpAddr, which would be one object more for an idle connection.

  private final Addr remoteIp;
  private final char remotePort;

  /**
   * Takes over a descriptor.
   *
   * @param lingers SO_LINGER is above zero already
   * @param watched false for one of a server, whose list of open connections keeps it from being
   *     dropped
   */
  TcpConn(
      Descriptor descriptor,
      Poller poller,
      String network,
      @Nullable TcpAddr local,
      TcpAddr remote,
      boolean lingers,
      boolean watched) {
    super(descriptor, poller, true, network, local, remote, watched);
    this.remoteIp = remote.addr();
    this.remotePort = (char) remote.port();
    if (lingers) {
      fd.lingers();
    }
  }

  @Override
  public TcpAddr localAddr() {
    return (TcpAddr) super.localAddr();
  }

  @Override
  public TcpAddr remoteAddr() {
    return TcpAddr.of(AddrPort.of(remoteIp, remotePort));
  }

  @Override
  NetAddr askLocalAddr() {
    try {
      return TcpAddr.of(fd.use(LOCAL_ADDR));
    } catch (FDException e) {
      boolean ipv4 = remoteAddr().addr().is4();
      Addr any = ipv4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
      return TcpAddr.of(AddrPort.of(any, 0));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>SO_LINGER 0, then close: the peer gets RST, and its next read fails with ECONNRESET.
   */
  @Override
  public void abort() {
    try {
      fd.linger(0);
    } catch (FDException e) {
      // Closed already, or the kernel has given the connection up: close has nothing to reset.
    }
    close("abort");
  }

  // ---- options ---------------------------------------------------------------------------------

  /**
   * TCP_NODELAY: whether small writes are sent at once (true, the default) or collected while data
   * is in flight. tcp(7).
   */
  public void setNoDelay(boolean on) throws IOException {
    set(Option.NO_DELAY, on ? 1 : 0);
  }

  /** TCP_NODELAY. */
  public boolean noDelay() throws IOException {
    return get(Option.NO_DELAY) != 0;
  }

  /**
   * Keepalive probes: SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT. A number that {@code
   * config} leaves to the system stays as this connection has it.
   */
  public void setKeepAlive(KeepAlive config) throws IOException {
    Objects.requireNonNull(config, "config");
    try {
      fd.use(new SetKeepAlive(config));
    } catch (FDException e) {
      throw SocketOptions.failure("keepalive", e, new SetOp(this));
    }
  }

  private record SetKeepAlive(KeepAlive config) implements FD.Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      config.apply(descriptor);
      return 0;
    }
  }

  /** The keepalive settings as the kernel has them: all three numbers are there. */
  public KeepAlive keepAlive() throws IOException {
    try {
      return fd.use(KEEP_ALIVE);
    } catch (FDException e) {
      throw SocketOptions.failure("keepalive", e, new SetOp(this));
    }
  }

  /**
   * TCP_USER_TIMEOUT: how long written data may stay unacknowledged before the kernel gives the
   * connection up with ETIMEDOUT; it also bounds a peer that keeps its window shut. RFC 5482.
   * Keepalive probes are silent while data is in flight, so this is what notices a peer that
   * vanished then.
   *
   * @param timeout 1 ms to 24 days, rounded up to milliseconds; null for the system's own, which is
   *     a quarter of an hour or so
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setUserTimeout(@Nullable Duration timeout) throws IOException {
    set(Option.USER_TIMEOUT, SocketOptions.userTimeoutMillis(timeout));
  }

  /** TCP_USER_TIMEOUT; null for the system's own. */
  public @Nullable Duration userTimeout() throws IOException {
    int millis = get(Option.USER_TIMEOUT);
    return millis == 0 ? null : Duration.ofMillis(millis);
  }

  /**
   * SO_LINGER: what close does with data that is not sent yet. socket(7).
   *
   * @param time null, the default, for the system's way: close returns at once, and the kernel goes
   *     on sending. Zero: the data is dropped and the peer gets RST. Above: {@link #close} waits
   *     until it is sent, at most for so long; rounded up to whole seconds, up to 65535 s. A thread
   *     of gonet's own waits in the kernel meanwhile, no carrier.
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setLinger(@Nullable Duration time) throws IOException {
    int seconds =
        time == null ? -1 : Durations.seconds(time, "linger", 0, SocketOptions.MAX_LINGER_SECONDS);
    SocketOptions.linger(fd, seconds, new SetOp(this));
  }

  /** SO_LINGER, in whole seconds; null for the system's way. */
  public @Nullable Duration linger() throws IOException {
    int seconds = get(Option.LINGER);
    return seconds < 0 ? null : Duration.ofSeconds(seconds);
  }

  /**
   * SO_RCVBUF in bytes: a hint that the kernel bounds and, on Linux, doubles for its own needs.
   * Setting it ends the automatic tuning for good, so there is no way back to the system's value.
   * socket(7).
   *
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public void setReadBuffer(int bytes) throws IOException {
    set(Option.RECEIVE_BUFFER, SocketOptions.bufferBytes(bytes, "read buffer"));
  }

  /**
   * SO_RCVBUF in bytes, as {@link #setReadBuffer} takes them: on Linux half of what the kernel
   * reserves. Without a size that was set, what the automatic tuning has come to.
   */
  public int readBuffer() throws IOException {
    return get(Option.RECEIVE_BUFFER);
  }

  /** SO_SNDBUF in bytes; otherwise as {@link #setReadBuffer}. */
  public void setWriteBuffer(int bytes) throws IOException {
    set(Option.SEND_BUFFER, SocketOptions.bufferBytes(bytes, "write buffer"));
  }

  /** SO_SNDBUF in bytes; otherwise as {@link #readBuffer}. */
  public int writeBuffer() throws IOException {
    return get(Option.SEND_BUFFER);
  }

  /**
   * IP_TOS or IPV6_TCLASS, 0 to 255. The kernel keeps the two lowest bits for ECN. ip(7).
   *
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
   * TCP_QUICKACK: acknowledge at once. Not lasting: the kernel goes back to delaying when it thinks
   * it should. tcp(7).
   */
  public void setQuickAck(boolean on) throws IOException {
    set(Option.QUICK_ACK, on ? 1 : 0);
  }

  /** TCP_QUICKACK: whether the kernel acknowledges at once now. It may change its mind any time. */
  public boolean quickAck() throws IOException {
    return get(Option.QUICK_ACK) != 0;
  }

  @Override
  public <T> TcpConn setOption(SocketOption<T> name, T value) throws IOException {
    SocketOptions.set(fd, name, value, new SetOp(this));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, new SetOp(this));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, new SetOp(this));
  }

  // ---- what the kernel knows -------------------------------------------------------------------

  /**
   * State, times, windows and counters of the connection: TCP_INFO.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public TcpInfo info() throws IOException {
    try {
      return TcpInfo.of(fd.use(INFO));
    } catch (FDException e) {
      throw SocketOptions.failure("TCP_INFO", e, new SetOp(this));
    }
  }

  /**
   * Whether this is a connection of multipath TCP, and has not fallen back to TCP because the other
   * side, or something between, has it not. Go: {@code MultipathTCP}.
   *
   * @see Dialer#withMultipath
   */
  public boolean isMultipath() throws IOException {
    try {
      return fd.use(MULTIPATH);
    } catch (FDException e) {
      throw OpErrors.of(op(Op.SET), e);
    }
  }

  /**
   * Bytes written and not acknowledged by the other side's kernel yet: SIOCOUTQ. tcp(7).
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public int unsentBytes() throws IOException {
    try {
      return fd.use(UNSENT_BYTES);
    } catch (FDException e) {
      throw SocketOptions.failure("SIOCOUTQ", e, new SetOp(this));
    }
  }

  /**
   * Bytes that a read would find at once: FIONREAD. tcp(7).
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  @Override
  public int availableBytes() throws IOException {
    try {
      return fd.use(AVAILABLE_BYTES);
    } catch (FDException e) {
      throw SocketOptions.failure("FIONREAD", e, new SetOp(this));
    }
  }
}
