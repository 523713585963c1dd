package gonet.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the one context of a configuration. Stateless. */
final class Contexts {
  private Contexts() {}

  /**
   * @param given the user's; null to make one
   * @param trusted null for what the JVM trusts
   */
  static SSLContext make(
      @Nullable SSLContext given,
      List<KeyChooser.Entry> keys,
      @Nullable List<X509Certificate> trusted) {
    if (given != null) {
      return given;
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys.isEmpty() ? new KeyManager[0] : new KeyManager[] {new KeyChooser(keys)},
          trust(trusted),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS in this JVM: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(@Nullable List<X509Certificate> trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = null; // the JVM's
    if (trusted != null) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < trusted.size(); i++) {
        store.setCertificateEntry("trusted-" + i, trusted.get(i));
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    TrustManager[] managers = factory.getTrustManagers();
    for (int i = 0; i < managers.length; i++) {
      if (managers[i] instanceof X509ExtendedTrustManager trust) {
        managers[i] = new NamedTrust(trust);
      }
    }
    return managers;
  }
}
