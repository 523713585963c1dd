package gonet.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * JSSE's trust, but a server whose certificate tells its name in the subject alone is refused,
 * where names are to be verified: JSSE still accepts it, RFC 9525, 2 does not. Any thread.
 */
final class NamedTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager trust;

  NamedTrust(X509ExtendedTrustManager trust) {
    this.trust = trust;
  }

  /** Refuses a certificate without names of its own. */
  static void requireNames(X509Certificate certificate) throws CertificateException {
    if (certificate.getSubjectAlternativeNames() == null) {
      throw new CertificateException("No subject alternative names present");
    }
  }

  /** Refuses a certificate for other names than this one. */
  static void requireName(String host, X509Certificate certificate) throws CertificateException {
    if (ServerNames.match(host, TlsKeyPair.dnsNames(certificate)) == ServerNames.NONE) {
      throw new CertificateException("No subject alternative DNS name matching " + host + " found");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    Handshake.serverSeen();
    trust.checkServerTrusted(chain, authType, engine);
    if (engine.getSSLParameters().getEndpointIdentificationAlgorithm() != null) {
      requireNames(chain[0]);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }

  // ---- what engines do not ask -----------------------------------------------------------------

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType);
  }
}
