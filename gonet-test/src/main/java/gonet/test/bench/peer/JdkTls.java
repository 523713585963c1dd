package gonet.test.bench.peer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The key of the servers that JSSE's own key manager serves. */
public final class JdkTls {
  private JdkTls() {}

  /**
   * From {@code cert=FILE} and {@code key=FILE}. Of JSSE's two key managers the one that holds keys
   * decrypted: the other one would decrypt the key for each handshake, which nobody wants.
   */
  public static KeyManagerFactory keys(String[] args) throws IOException, GeneralSecurityException {
    byte[] chain = Files.readAllBytes(Path.of(Peer.argument("cert", args)));
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(chain));
    String pem = Files.readString(Path.of(Peer.argument("key", args)));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
    PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", key, new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    return keys;
  }

  /** A context of JSSE's with that key. */
  static SSLContext context(String[] args) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(args).getKeyManagers(), null, null);
    return context;
  }
}
