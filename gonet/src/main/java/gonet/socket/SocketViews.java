package gonet.socket;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.tls.TlsConfig;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * gonet's connections as the JDK's sockets, for libraries that want those: a database driver, an
 * HTTP client, a cache's client.
 *
 * {@snippet :
 * OkHttpClient client =
 *     new OkHttpClient.Builder().socketFactory(SocketViews.factory()).build();
 * }
 *
 * <p>A view behaves as {@link Socket} documents: states, checks, exceptions, {@code setSoTimeout},
 * half-close, a close by another thread. It differs in these:
 *
 * <ul>
 *   <li><b>An interrupt</b> leaves the socket open and usable, on every kind of thread: the call
 *       throws an {@link java.io.InterruptedIOException}, and the status stays set. The JDK's own
 *       socket is closed on a virtual thread, and does not notice on a platform thread.
 *   <li><b>A thread that waits parks</b>, as everywhere in gonet: a virtual one leaves its carrier.
 *   <li><b>TCP_NODELAY and keepalive</b> are on, as for all that gonet dials, unless set otherwise.
 *   <li><b>Urgent data</b> is refused, and so is {@code setOOBInline(true)}.
 *   <li><b>A bind to any address</b> of the machine shows its port when the socket connects. With
 *       the nio backend the same holds for every bind to port 0.
 *   <li><b>{@code available}</b> is 0 where nobody can tell: with the nio backend, and under TLS
 *       for what is not decrypted yet.
 *   <li><b>No proxy</b> of the system properties is used for a connection.
 *   <li><b>A connection without an IP address</b>, of a Unix socket or a pipe, has the loopback
 *       address and port 0. Options that its network does not have are kept, read back, and without
 *       effect.
 * </ul>
 *
 * <p>Connection and view may be used side by side; there is one truth. {@code setSoTimeout} is
 * {@link Conn#setReadTimeout}, and closing either closes both. All methods are safe for any thread.
 *
 * @since 0.1
 */
public final class SocketViews {
  private SocketViews() {}

  // ---- what there is ---------------------------------------------------------------------------

  /** A connection as a socket. Any number of views may exist. */
  public static Socket of(Conn conn) {
    return ConnSocket.of(Objects.requireNonNull(conn, "conn"));
  }

  /**
   * A listener as a server socket, which is bound. {@code accept} gives views of connections.
   * {@code setSoTimeout} is {@link Listener#setTimeout}. An accept asks no connection for its
   * addresses: behind a proxy, {@code getInetAddress} waits for the header, as {@link
   * Conn#remoteAddr} does there.
   */
  public static ServerSocket serverSocket(Listener listener) {
    return ListenerSocket.of(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * The connection beneath a socket that came from here.
   *
   * @return null for any other socket, and for one that is not connected yet
   */
  public static @Nullable Conn connOf(Socket socket) {
    if (socket instanceof TlsSocket tls) {
      return tls.conn();
    }
    return socket instanceof ConnSocket view ? view.conn() : null;
  }

  // ---- factories -------------------------------------------------------------------------------

  /**
   * Makes sockets that dial by gonet. {@code createSocket()} makes one to be connected later;
   * options that are set before hold from the connect on.
   */
  public static SocketFactory factory() {
    return new NetSocketFactory();
  }

  /**
   * The same by a dialer of the caller's. Its timeout bounds each connect as well.
   *
   * @param dialer whose resolver looks up the hosts of {@code createSocket(host, port)}
   */
  public static SocketFactory factory(Dialer dialer) {
    return new NetSocketFactory(dialer);
  }

  /**
   * Makes sockets that speak TLS as clients, by {@code gonet.tls}. {@code createSocket(socket,
   * host, port, true)} puts TLS over a socket of {@link #factory}; others are refused. Names are
   * verified as the configuration says, whatever a library sets; versions, suites, ALPN and SNI are
   * what a library sets with {@code SSLParameters}, if it does.
   *
   * @param config of a client; see {@link TlsConfig#defaults}
   */
  public static SSLSocketFactory tlsFactory(TlsConfig config) {
    return new TlsSocketFactory(new NetSocketFactory(), Objects.requireNonNull(config, "config"));
  }

  /** The same by a dialer of the caller's. */
  public static SSLSocketFactory tlsFactory(TlsConfig config, Dialer dialer) {
    return new TlsSocketFactory(
        new NetSocketFactory(dialer), Objects.requireNonNull(config, "config"));
  }
}
