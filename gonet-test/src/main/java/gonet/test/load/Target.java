package gonet.test.load;

import gonet.Conn;
import gonet.Dialer;
import gonet.HostPort;
import gonet.Net;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom the load goes to: {@code HOST:PORT}, or a scheme and what it needs.
 *
 * <pre>
 *   HOST:PORT, tcp:HOST:PORT     a stream
 *   tls:HOST:PORT                a stream under TLS
 *   unix:PATH                    a stream of this machine
 *   udp:HOST:PORT                datagrams
 *   http://HOST[:PORT][/PATH]    requests of HTTP/1.1, and https: under TLS
 * </pre>
 *
 * @param text as it was given
 * @param tls null without TLS
 * @param host and the port, as a request of HTTP names them; null if it is not HTTP
 * @param path with the query, of HTTP
 */
record Target(
    String text,
    String network,
    String address,
    @Nullable TlsConfig tls,
    @Nullable String host,
    String path) {

  /**
   * How a server under TLS is looked at.
   *
   * @param authorities certificates to trust, in a PEM file; null for the JDK's
   * @param anybody whether any certificate and any name will do
   */
  record Trust(@Nullable Path authorities, boolean anybody) {}

  /**
   * Reads a target.
   *
   * @throws IOException if it means nothing, or the authorities cannot be read
   */
  static Target parse(String text, Trust trust, Duration handshakeTimeout) throws IOException {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1);
    return switch (scheme) {
      case "unix" -> {
        if (rest.isEmpty()) {
          throw new MalformedURLException("no path: \"" + text + "\"");
        }
        yield new Target(text, "unix", rest, null, null, "");
      }
      case "tcp", "udp" -> new Target(text, scheme, hostPort(rest), null, null, "");
      case "tls" ->
          new Target(text, "tcp", hostPort(rest), config(trust, handshakeTimeout, null), null, "");
      case "http" -> http(text, rest, 80, null);
      case "https" -> http(text, rest, 443, config(trust, handshakeTimeout, "http/1.1"));
      default -> new Target(text, "tcp", hostPort(text), null, null, "");
    };
  }

  private static String hostPort(String address) throws IOException {
    HostPort parts = HostPort.split(address);
    if (Net.lookupPort("tcp", parts.port()) == 0) {
      throw new MalformedURLException("no port to dial: \"" + address + "\"");
    }
    return address;
  }

  private static Target http(String text, String rest, int port, @Nullable TlsConfig tls)
      throws IOException {
    if (!rest.startsWith("//")) {
      throw new MalformedURLException("want //HOST behind the scheme: \"" + text + "\"");
    }
    int slash = rest.indexOf('/', 2);
    String host = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    String path = slash < 0 ? "/" : rest.substring(slash);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
        throw new MalformedURLException("a character that no URL has: \"" + text + "\"");
      }
    }
    if (host.isEmpty() || host.startsWith(":")) {
      throw new MalformedURLException("no host: \"" + text + "\"");
    }
    boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
    return new Target(text, "tcp", hostPort(hasPort ? host : host + ":" + port), tls, host, path);
  }

  private static TlsConfig config(Trust trust, Duration handshakeTimeout, @Nullable String alpn)
      throws IOException {
    TlsConfig.Builder builder = TlsConfig.builder().handshakeTimeout(handshakeTimeout);
    if (alpn != null) {
      builder.alpn(alpn);
    }
    if (trust.authorities() != null) {
      builder.trustPem(trust.authorities());
    }
    if (trust.anybody()) {
      builder.sslContext(trusting()).withoutHostNameVerification();
    }
    return builder.build();
  }

  private static SSLContext trusting() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this JVM has no TLS", e);
    }
  }

  boolean isHttp() {
    return host != null;
  }

  boolean isDatagrams() {
    return network.equals("udp");
  }

  /** A new connection, with its handshake done. */
  Conn dial(Duration limit) throws IOException {
    return tls == null
        ? Net.dial(network, address, limit)
        : Tls.dial(network, address, tls, Dialer.defaults().withTimeout(limit));
  }

  /** For load on a server whose certificate nobody has signed. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
