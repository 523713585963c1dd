package gonet.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake has agreed on. Go's {@code tls.ConnectionState}. Immutable.
 *
 * @param version the version of TLS
 * @param cipherSuite by its name in IANA's table, such as {@code TLS_AES_128_GCM_SHA256}
 * @param alpn the protocol of {@link TlsConfig.Builder#alpn}; null if none was agreed on
 * @param serverName the name that the client asked for (SNI), in ASCII; null if it named none
 * @param peerCertificates the other side's chain, its own certificate first; empty if it showed
 *     none. Of a resumed session, that of the first handshake
 * @param resumed whether an earlier session was taken up again, without a new look at certificates
 * @since 0.1
 */
public record TlsInfo(
    TlsVersion version,
    String cipherSuite,
    @Nullable String alpn,
    @Nullable String serverName,
    List<X509Certificate> peerCertificates,
    boolean resumed) {

  /** Copies the chain. */
  public TlsInfo {
    peerCertificates = List.copyOf(peerCertificates);
  }
}
