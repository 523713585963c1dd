package gonet.socket;

import gonet.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Objects;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** {@link SocketViews#tlsFactory}. Immutable. */
final class TlsSocketFactory extends SSLSocketFactory {
  private final NetSocketFactory plain;
  private final TlsConfig config;

  TlsSocketFactory(NetSocketFactory plain, TlsConfig config) {
    this.plain = plain;
    this.config = config;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return config.clientParameters().getCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return getDefaultCipherSuites();
  }

  @Override
  public Socket createSocket() {
    return over(plain.createSocket(), null);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return over(plain.createSocket(host, port), host);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return over(plain.createSocket(host, port, localHost, localPort), host);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return over(plain.createSocket(host, port), host.getHostAddress());
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    return over(
        plain.createSocket(address, port, localAddress, localPort), address.getHostAddress());
  }

  /**
   * Over a socket of gonet's, which is closed with the result.
   *
   * @throws UnsupportedOperationException for a socket of another kind, or one that is to stay open
   */
  @Override
  public Socket createSocket(Socket socket, @Nullable String host, int port, boolean autoClose)
      throws IOException {
    Objects.requireNonNull(socket, "socket");
    if (!(socket instanceof ConnSocket)) {
      throw new UnsupportedOperationException(
          "TLS over a socket of " + socket.getClass().getName() + ", which is none of gonet's");
    }
    if (!autoClose) {
      throw new UnsupportedOperationException("a socket that stays open when its TLS is closed");
    }
    if (!socket.isConnected()) {
      throw new SocketException("Socket is not connected");
    }
    return over(socket, host);
  }

  private TlsSocket over(Socket socket, @Nullable String host) {
    return new TlsSocket((ConnSocket) socket, config, host);
  }
}
