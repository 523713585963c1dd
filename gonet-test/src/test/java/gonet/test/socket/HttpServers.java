package gonet.test.socket;

import gonet.ConnLayer;
import gonet.NetAddr;
import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import gonet.server.Server;
import gonet.test.tls.TestKeys;
import gonet.test.tls.TlsPairs;
import gonet.tls.Tls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The example's HTTP server for the clients of this package. Stateless. */
final class HttpServers {
  private HttpServers() {}

  static Server plain() throws IOException {
    return start();
  }

  /** With a certificate for {@code localhost}. */
  static Server secure() throws IOException {
    return start(Tls.serverLayer(TlsPairs.server().alpn("http/1.1").build()));
  }

  private static Server start(ConnLayer... layers) throws IOException {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0", layers)
        .handler(conn -> HttpSession.serve(conn, Site.withoutFiles(), Limits.defaults()))
        .start();
  }

  static int port(NetAddr addr) {
    return Objects.requireNonNull(addr.addrPort()).port();
  }

  /** Trusts these certificates. */
  static X509TrustManager trust(TestKeys keys) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("server", keys.chain().getFirst());
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }
}
