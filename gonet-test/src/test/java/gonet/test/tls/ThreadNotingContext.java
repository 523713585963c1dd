package gonet.test.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A context that serves one key, trusts everybody, and notes who asks it. Stateless. */
final class ThreadNotingContext {
  private ThreadNotingContext() {}

  static SSLContext make(TestKeys keys, Set<Thread> ofKeys, Set<Thread> ofTrust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new Keys(keys, ofKeys)}, new TrustManager[] {new Trust(ofTrust)}, null);
    return context;
  }

  private static final class Keys extends X509ExtendedKeyManager {
    private final TestKeys keys;
    private final Set<Thread> asking;

    Keys(TestKeys keys, Set<Thread> asking) {
      this.keys = keys;
      this.asking = asking;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      asking.add(Thread.currentThread());
      return type.startsWith("EC") ? "it" : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.keyPair().key();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }

  private static final class Trust extends X509ExtendedTrustManager {
    private final Set<Thread> asking;

    Trust(Set<Thread> asking) {
      this.asking = asking;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      asking.add(Thread.currentThread());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
