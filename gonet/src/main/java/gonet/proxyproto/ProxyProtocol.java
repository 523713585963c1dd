package gonet.proxyproto;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.Listener;
import gonet.Net;
import gonet.internal.time.Durations;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * Takes connections that begin with a header of the PROXY protocol, version 1 or 2, from proxies
 * that are trusted. Immutable and safe for any thread.
 *
 * {@snippet :
 * ProxyProtocol behind = ProxyProtocol.from(AddrSet.of("10.0.0.0/8"));
 * Server.builder()
 *     .listenOn("tcp", ":7099", behind) // and TLS above it, if clients speak that
 *     .handler(conn -> log(conn.remoteAddr())) // the client's address
 *     .start();
 * }
 *
 * <p>From a trusted proxy a header has to come, in time, before anything else; a connection without
 * one is of no use. All other connections are refused, unless {@link #withDirectClients} takes them
 * as they are. Nothing is guessed from what comes, for a client could write a header as well.
 *
 * <p>As a layer, for {@code gonet.server}: {@link ConnLayer#over} reads the header, on the thread
 * of the connection's handler, so limits by address see the client's. For a listener without a
 * server there is {@link #listener}.
 *
 * @since 0.1
 */
public final class ProxyProtocol implements ConnLayer {

  /** HAProxy's own buffer has as many. */
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  private static final int TIMEOUT_SECONDS = 5;

  private final AddrSet trusted;
  private final boolean unaddressed;
  private final boolean directClients;
  private final Duration timeout;
  private final int maxHeaderBytes;

  private ProxyProtocol(
      AddrSet trusted,
      boolean unaddressed,
      boolean directClients,
      Duration timeout,
      int maxHeaderBytes) {
    this.trusted = trusted;
    this.unaddressed = unaddressed;
    this.directClients = directClients;
    this.timeout = timeout;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  /** Takes headers from these proxies, and no other connections. */
  public static ProxyProtocol from(AddrSet trusted) {
    FirstProxy.prepare();
    return new ProxyProtocol(
        Objects.requireNonNull(trusted, "trusted"),
        false,
        false,
        Duration.ofSeconds(TIMEOUT_SECONDS),
        MAX_HEADER_BYTES);
  }

  // ---- settings --------------------------------------------------------------------------------

  /**
   * Whether whoever has no IP address is a trusted proxy as well: the other side of a Unix socket
   * or a pipe. The permissions of the path say then who that can be. Default: no.
   */
  public ProxyProtocol withUnaddressed(boolean on) {
    return new ProxyProtocol(trusted, on, directClients, timeout, maxHeaderBytes);
  }

  /**
   * Whether connections that come from none of the proxies are taken as they are, without a header:
   * {@link ProxyConn#header} is null then. Default: no, they are refused.
   */
  public ProxyProtocol withDirectClients(boolean on) {
    return new ProxyProtocol(trusted, unaddressed, on, timeout, maxHeaderBytes);
  }

  /**
   * How long a header may take in all, from the first call that needs it. Default: 5 s. For a layer
   * of a server its {@code layerTimeout} holds as well.
   *
   * @throws IllegalArgumentException if it is zero or negative
   */
  public ProxyProtocol withTimeout(Duration limit) {
    var _ = Durations.positiveNanos(limit, "header timeout");
    return new ProxyProtocol(trusted, unaddressed, directClients, limit, maxHeaderBytes);
  }

  /**
   * How long a header of version 2 may be, with its TLVs. Default: 16 KiB. One of version 1 has at
   * most 107 bytes.
   *
   * @throws IllegalArgumentException if it is not within 16 to 65,551
   */
  public ProxyProtocol withMaxHeaderBytes(int max) {
    if (max < BinaryHeader.PREFIX_BYTES || max > BinaryHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          "max header bytes are "
              + max
              + ", not within "
              + BinaryHeader.PREFIX_BYTES
              + " to "
              + BinaryHeader.MAX_BYTES);
    }
    return new ProxyProtocol(trusted, unaddressed, directClients, timeout, max);
  }

  Duration timeout() {
    return timeout;
  }

  int maxHeaderBytes() {
    return maxHeaderBytes;
  }

  // ---- connections -----------------------------------------------------------------------------

  /**
   * Reads the header, and returns the connection behind it.
   *
   * @throws ProxyProtocolException if there is no good header in time, or the other side is not
   *     trusted
   * @throws IOException as reads; {@code conn} stays the caller's, to close
   * @throws IllegalArgumentException if the connection has messages instead of a stream, as {@code
   *     unixpacket} and {@code udp}
   */
  @Override
  public ProxyConn over(Conn conn) throws IOException {
    if (isDirect(requireStream(conn))) {
      return new ProxyConn(conn, null);
    }
    return new ProxyConn(conn, new HeaderConn(conn, this, isTrusted(conn)).header("read", null));
  }

  /**
   * The same without waiting: the header is read with the first read or write, or when somebody
   * asks for it or for an address. {@code conn} belongs to the result from here on.
   *
   * @throws IllegalArgumentException as {@link #over}
   */
  public ProxyConn server(Conn conn) {
    if (isDirect(requireStream(conn))) {
      return new ProxyConn(conn, null);
    }
    return new ProxyConn(new HeaderConn(conn, this, isTrusted(conn)));
  }

  /**
   * A listener over one that there is, which belongs to the result from here on. {@link
   * Listener#accept} returns {@link ProxyConn}s whose header has not been read yet, as {@link
   * #server} makes them, so that no proxy holds up the next connection.
   */
  public Listener listener(Listener listener) {
    return new ProxyListener(listener, this);
  }

  /** The same over a new listener: {@link Net#listen}. */
  public Listener listen(String network, String address) throws IOException {
    return listener(Net.listen(network, address));
  }

  /** A header takes several reads, and of messages each would lose the rest. */
  private static Conn requireStream(Conn conn) {
    String network = conn.remoteAddr().network();
    if (network.equals("unixpacket")
        || network.equals("unixgram")
        || network.startsWith("udp")
        || network.startsWith("ip")) {
      throw new IllegalArgumentException(
          "connection of network " + network + " has messages, and a header needs a stream");
    }
    return conn;
  }

  private boolean isDirect(Conn conn) {
    return directClients && !isTrusted(conn);
  }

  private boolean isTrusted(Conn conn) {
    AddrPort addr = conn.remoteAddr().addrPort();
    return addr == null ? unaddressed : trusted.contains(addr.addr());
  }

  /** Whom it trusts. */
  @Override
  public String toString() {
    return "ProxyProtocol[from "
        + trusted
        + (unaddressed ? ", and unaddressed" : "")
        + (directClients ? ", others directly" : "")
        + "]";
  }
}
