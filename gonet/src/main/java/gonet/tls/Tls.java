package gonet.tls;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.Dialer;
import gonet.HostPort;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS over connections: dialled, accepted, or any that there is. Go's {@code crypto/tls}.
 *
 * {@snippet :
 * try (Conn conn = Tls.dial("tcp", "example.com:443", TlsConfig.defaults())) {
 *   conn.write(request);
 *   byte[] answer = conn.readAll(1 << 20);
 * }
 * }
 *
 * <p>Nothing but JSSE beneath, the JDK's own TLS, and none of its sockets. All methods are safe for
 * any thread.
 *
 * @since 0.1
 */
public final class Tls {
  private Tls() {}

  // ---- clients ---------------------------------------------------------------------------------

  /**
   * Dials as {@link gonet.Net#dial} does, and runs the handshake.
   *
   * @param address such as {@code example.com:443}; its host is the server's name, unless the
   *     configuration has one
   * @throws TlsException if the handshake fails, or the host is no name that can be verified; the
   *     connection is closed then
   * @throws IOException as {@code Net.dial}
   * @throws IllegalArgumentException if there is no name, as for a Unix socket, and names are to be
   *     verified
   */
  public static TlsConn dial(String network, String address, TlsConfig config) throws IOException {
    return dial(network, address, config, Dialer.defaults());
  }

  /** The same by a dialer of the caller's. Its timeout does not cover the handshake. */
  public static TlsConn dial(String network, String address, TlsConfig config, Dialer dialer)
      throws IOException {
    String name = config.serverName();
    IllegalArgumentException bad = null;
    if (name == null && network.startsWith("tcp")) {
      String dialled = HostPort.split(address).host();
      try {
        name = host(config, dialled);
      } catch (IllegalArgumentException e) {
        name = dialled;
        bad = e;
      }
    }
    config.require(true, name);
    Conn conn = dialer.dial(network, address); // which has its own view of such a host
    try {
      if (bad != null) {
        throw TlsFailures.of("handshake", conn, bad);
      }
      TlsConn tls = new TlsConn(conn, config, true, name, null);
      var _ = tls.handshake();
      return tls;
    } catch (Throwable t) {
      conn.close();
      throw t;
    }
  }

  /**
   * The client's side over a connection, which belongs to the result from here on. The handshake
   * runs with the first read or write.
   *
   * @throws IllegalArgumentException if the configuration has no server name, and names are to be
   *     verified
   */
  public static TlsConn client(Conn conn, TlsConfig config) {
    return new TlsConn(
        Objects.requireNonNull(conn, "conn"), config, true, config.serverName(), null);
  }

  /**
   * The same with the server's name.
   *
   * @throws IllegalArgumentException if this is empty or cannot be a host's name, and names are to
   *     be verified; otherwise no name is said then
   */
  public static TlsConn client(Conn conn, TlsConfig config, String serverName) {
    return new TlsConn(
        Objects.requireNonNull(conn, "conn"), config, true, host(config, serverName), null);
  }

  /**
   * The same with JSSE's parameters adjusted for this connection: versions, suites, ALPN, groups.
   * For views of gonet's connections as the JDK's types.
   *
   * @param serverName null for the configuration's
   * @param adjust is called once, here. It can add no version that the configuration has not, and
   *     take no verification off
   * @throws IllegalArgumentException as the other two; if no version is left
   */
  public static TlsConn client(
      Conn conn, TlsConfig config, @Nullable String serverName, Consumer<SSLParameters> adjust) {
    String name = serverName == null ? config.serverName() : host(config, serverName);
    return new TlsConn(
        Objects.requireNonNull(conn, "conn"),
        config,
        true,
        name,
        Objects.requireNonNull(adjust, "adjust"));
  }

  // ---- servers ---------------------------------------------------------------------------------

  /**
   * The server's side over a connection, which belongs to the result from here on. The handshake
   * runs with the first read or write.
   *
   * @throws IllegalArgumentException if the configuration has no key pair
   */
  public static TlsConn server(Conn conn, TlsConfig config) {
    return new TlsConn(Objects.requireNonNull(conn, "conn"), config, false, null, null);
  }

  /**
   * Listens as {@link gonet.Net#listen} does. {@link Listener#accept} returns {@link TlsConn}s
   * whose handshake has not run yet, so that no client holds up the next one.
   *
   * @throws IllegalArgumentException if the configuration has no key pair
   */
  public static Listener listen(String network, String address, TlsConfig config)
      throws IOException {
    return listen(network, address, config, ListenConfig.defaults());
  }

  /** The same with options of the caller's. */
  public static Listener listen(
      String network, String address, TlsConfig config, ListenConfig listening) throws IOException {
    config.require(false, null);
    return new TlsListener(listening.listen(network, address), config);
  }

  /** The same over a listener that there is, which belongs to the result from here on. */
  public static Listener listener(Listener listener, TlsConfig config) {
    config.require(false, null);
    return new TlsListener(listener, config);
  }

  // ---- layers ----------------------------------------------------------------------------------

  /**
   * The server's side as a layer, for {@code gonet.server}. {@link ConnLayer#over} runs the
   * handshake: on the thread of the connection's handler, which begins with an open connection.
   *
   * @throws IllegalArgumentException if the configuration has no key pair
   */
  public static ConnLayer serverLayer(TlsConfig config) {
    config.require(false, null);
    return new Layer(config, false, null);
  }

  /** The client's side as a layer, which runs the handshake. Otherwise as {@link #client}. */
  public static ConnLayer clientLayer(TlsConfig config, String serverName) {
    return new Layer(config, true, host(config, serverName));
  }

  private record Layer(TlsConfig config, boolean client, @Nullable String serverName)
      implements ConnLayer {
    @Override
    public Conn over(Conn conn) throws IOException {
      TlsConn tls = new TlsConn(conn, config, client, serverName, null);
      var _ = tls.handshake();
      return tls;
    }
  }

  // ---- names -----------------------------------------------------------------------------------

  /**
   * The name that a client says and verifies; null for none. One that cannot be a host's is none
   * where nothing is verified, as in Go.
   *
   * @throws IllegalArgumentException if it cannot be a host's, and names are verified
   */
  private static @Nullable String host(TlsConfig config, String name) {
    if (name.isEmpty()) {
      return null;
    }
    try {
      return ServerNames.host(name);
    } catch (IllegalArgumentException e) {
      if (config.verifiesHostName()) {
        throw e;
      }
      return null;
    }
  }

  /** The other side's port, or 0: a client's sessions are kept by name and port. */
  static int port(Conn conn) {
    AddrPort remote = conn.remoteAddr().addrPort();
    return remote == null ? 0 : remote.port();
  }
}
