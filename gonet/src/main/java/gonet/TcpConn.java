package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.poll.FDException;
import gonet.internal.poll.Poller;
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
 */
public final class TcpConn extends SocketConn {

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
      return TcpAddr.of(fd.use(Descriptor::localAddr));
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

  /** Keepalive probes: SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT. */
  public void setKeepAlive(KeepAlive config) throws IOException {
    Objects.requireNonNull(config, "config");
    try {
      fd.use(
          d -> {
            TcpOptions.keepAlive(d, config);
            return d;
          });
    } catch (FDException e) {
      throw optionFailure("keepalive", e);
    }
  }

  /** The keepalive settings as the kernel has them. */
  public KeepAlive keepAlive() throws IOException {
    try {
      return fd.use(TcpOptions::keepAlive);
    } catch (FDException e) {
      throw optionFailure("keepalive", e);
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
    set(Option.USER_TIMEOUT, TcpOptions.userTimeoutMillis(timeout));
  }

  /** TCP_USER_TIMEOUT; zero stands for the system's own. */
  public Duration userTimeout() throws IOException {
    return Duration.ofMillis(get(Option.USER_TIMEOUT));
  }

  /**
   * SO_LINGER: what close does with data that is not sent yet. Negative, the default: the kernel
   * goes on sending it. 0: it is dropped and the peer gets RST. Above: {@link #close} waits until
   * it is sent, at most so many seconds; a thread of gonet's own waits in the kernel meanwhile, no
   * carrier. socket(7).
   *
   * @throws IllegalArgumentException above 65535
   */
  public void setLinger(int seconds) throws IOException {
    if (seconds > 65535) {
      throw new IllegalArgumentException("linger is " + seconds + " s, above 65535 s");
    }
    try {
      fd.linger(Math.max(seconds, -1));
    } catch (FDException e) {
      throw optionFailure("linger", e);
    }
  }

  /**
   * SO_RCVBUF in bytes: a hint that the kernel bounds and, on Linux, doubles for its own needs;
   * setting it ends the automatic tuning. socket(7).
   *
   * @throws IllegalArgumentException if {@code bytes} is not above zero
   */
  public void setReadBuffer(int bytes) throws IOException {
    set(Option.RECEIVE_BUFFER, TcpOptions.bufferBytes(bytes, "read buffer"));
  }

  /** SO_SNDBUF in bytes; otherwise as {@link #setReadBuffer}. */
  public void setWriteBuffer(int bytes) throws IOException {
    set(Option.SEND_BUFFER, TcpOptions.bufferBytes(bytes, "write buffer"));
  }

  /**
   * IP_TOS or IPV6_TCLASS, 0 to 255. The kernel keeps the two lowest bits for ECN. ip(7).
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public void setTrafficClass(int value) throws IOException {
    set(Option.TRAFFIC_CLASS, TcpOptions.trafficClass(value));
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

  /**
   * Sets an option of {@link java.net.StandardSocketOptions}, {@code jdk.net.ExtendedSocketOptions}
   * or {@link TcpSocketOptions}.
   *
   * @throws UnsupportedOperationException if there is no such option for TCP connections here
   * @throws IllegalArgumentException if the value is null or out of range
   */
  public <T> TcpConn setOption(SocketOption<T> name, T value) throws IOException {
    SocketOptions.Known known = SocketOptions.of(name);
    int raw = known.toInt(name, value);
    if (known.option() == Option.LINGER) {
      setLinger(raw);
    } else {
      set(known.option(), raw);
    }
    return this;
  }

  /**
   * The value of an option.
   *
   * @throws UnsupportedOperationException if there is no such option for TCP connections here
   */
  public <T> T getOption(SocketOption<T> name) throws IOException {
    SocketOptions.Known known = SocketOptions.of(name);
    return known.fromInt(name, get(known.option()));
  }

  /** The options that {@link #setOption} knows with this backend. */
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    try {
      return fd.use(SocketOptions::supported);
    } catch (FDException e) {
      throw failure(Op.SET, e);
    }
  }

  // ---- what the kernel knows -------------------------------------------------------------------

  /**
   * State, times, windows and counters of the connection: TCP_INFO.
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public TcpInfo info() throws IOException {
    try {
      return TcpInfo.of(fd.use(Descriptor::tcpInfo));
    } catch (FDException e) {
      throw optionFailure("TCP_INFO", e);
    }
  }

  /**
   * Bytes written and not acknowledged by the other side's kernel yet: SIOCOUTQ. tcp(7).
   *
   * @throws UnsupportedOperationException with the nio backend
   */
  public int unsentBytes() throws IOException {
    try {
      return fd.use(Descriptor::unsentBytes);
    } catch (FDException e) {
      throw optionFailure("SIOCOUTQ", e);
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
      return fd.use(Descriptor::availableBytes);
    } catch (FDException e) {
      throw optionFailure("FIONREAD", e);
    }
  }

  private void set(Option option, int value) throws IOException {
    try {
      fd.use(
          d -> {
            d.setOption(option, value);
            return d;
          });
    } catch (FDException e) {
      throw optionFailure(option.name(), e);
    }
  }

  private int get(Option option) throws IOException {
    try {
      return fd.use(d -> d.getOption(option));
    } catch (FDException e) {
      throw optionFailure(option.name(), e);
    }
  }

  /** ENOPROTOOPT is how a backend says that it has no such option: no fault of the connection. */
  private IOException optionFailure(String what, FDException e) {
    if (SocketOptions.unsupported(e)) {
      throw new UnsupportedOperationException(what + " is not available here: " + e.getMessage());
    }
    return failure(Op.SET, e);
  }
}
