package gonet.socket;

import gonet.Dialer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * {@link SocketViews#factory} as a class, for libraries that take a name: PgJDBC's {@code
 * socketFactory=gonet.socket.NetSocketFactory}, JNDI's {@code java.naming.ldap.factory.socket},
 * Jakarta Mail's {@code mail.smtp.socketFactory.class}.
 *
 * @since 0.1
 */
public final class NetSocketFactory extends SocketFactory {

  /** Apart, so that a name alone starts nothing. */
  private static final class Default {
    static final NetSocketFactory FACTORY = new NetSocketFactory();
  }

  private final Dialer dialer;

  /** With the defaults of {@code Net.dial}. */
  public NetSocketFactory() {
    this(Dialer.defaults());
  }

  NetSocketFactory(Dialer dialer) {
    this.dialer = Objects.requireNonNull(dialer, "dialer");
  }

  /** A shared one: JNDI calls this. */
  public static SocketFactory getDefault() {
    FirstSockets.prepareDefault();
    return Default.FACTORY;
  }

  /** A socket that is not connected. */
  @Override
  public Socket createSocket() {
    return ConnSocket.unconnected(dialer);
  }

  /**
   * Dials a name as gonet does: by the dialer's resolver, both families against each other.
   *
   * @throws IllegalArgumentException if the port is not within 0 to 65535
   */
  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return ConnSocket.dialled(dialer, host, port);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return ConnSocket.dialled(ConnSocket.from(dialer, localHost, localPort), host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(dialer, host, port);
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    return connected(ConnSocket.from(dialer, localAddress, localPort), address, port);
  }

  private static Socket connected(Dialer dialer, InetAddress host, int port) throws IOException {
    Objects.requireNonNull(host, "host");
    Socket socket = ConnSocket.unconnected(dialer);
    socket.connect(new InetSocketAddress(host, port));
    return socket;
  }
}
