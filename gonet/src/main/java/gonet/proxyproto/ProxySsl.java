package gonet.proxyproto;

import gonet.tls.TlsInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy that ends TLS says about the client's, in the TLV {@link ProxyTlv#SSL}. Immutable.
 *
 * @since 0.1
 */
public final class ProxySsl {
  private static final int OVER_TLS = 0x01;
  private static final int CERT_CONN = 0x02;
  private static final int CERT_SESS = 0x04;

  /** Flags, and the result of the verification. */
  private static final int HEAD_BYTES = 5;

  private final int flags;
  private final int verify;
  private final List<ProxyTlv> tlvs;

  private ProxySsl(int flags, int verify, List<ProxyTlv> tlvs) {
    this.flags = flags;
    this.verify = verify;
    this.tlvs = List.copyOf(tlvs);
  }

  /**
   * Says these things.
   *
   * @param flags 1 if the client speaks TLS; 2 if it showed a certificate on this connection; 4 if
   *     it did so in this session
   * @param verify 0 if it showed one that was verified, anything else otherwise
   * @param tlvs such as {@link ProxyTlv#SSL_VERSION}
   * @throws IllegalArgumentException if the flags are not within 0 to 255, or all is longer than
   *     65,535 bytes
   */
  public static ProxySsl of(int flags, int verify, List<ProxyTlv> tlvs) {
    if (flags < 0 || flags > 0xff) {
      throw new IllegalArgumentException("flags are " + flags + ", not within 0 to 255");
    }
    ProxySsl ssl = new ProxySsl(flags, verify, tlvs);
    if (ssl.length() > ProxyTlv.MAX_BYTES) {
      throw new IllegalArgumentException(
          "TLVs have " + ssl.length() + " bytes, above " + ProxyTlv.MAX_BYTES);
    }
    return ssl;
  }

  /**
   * What a handshake of this process has agreed on: version, cipher suite by its name in IANA's
   * table, and of a client's certificate, which was verified then, the common name.
   */
  public static ProxySsl of(TlsInfo info) {
    List<ProxyTlv> tlvs = new ArrayList<>();
    tlvs.add(ProxyTlv.of(ProxyTlv.SSL_VERSION, info.version().toString()));
    tlvs.add(ProxyTlv.of(ProxyTlv.SSL_CIPHER, info.cipherSuite()));
    if (info.peerCertificates().isEmpty()) {
      return of(OVER_TLS, 1, tlvs);
    }
    String name = CommonName.of(info.peerCertificates().getFirst());
    if (name != null) {
      tlvs.add(ProxyTlv.of(ProxyTlv.SSL_CN, name));
    }
    return of(OVER_TLS | CERT_SESS | (info.resumed() ? 0 : CERT_CONN), 0, tlvs);
  }

  // ---- what it says ----------------------------------------------------------------------------

  /** Whether the client speaks TLS. */
  public boolean isOverTls() {
    return (flags & OVER_TLS) != 0;
  }

  /** Whether the client showed a certificate on this very connection. */
  public boolean hasCertificateOfConnection() {
    return (flags & CERT_CONN) != 0;
  }

  /** Whether the client showed a certificate on this connection, or on one that it resumed. */
  public boolean hasCertificateOfSession() {
    return (flags & CERT_SESS) != 0;
  }

  /** Whether the client showed a certificate, and the proxy has verified it. */
  public boolean isVerified() {
    return verify == 0 && hasCertificateOfSession();
  }

  /** All flags, with those that nobody knows here. */
  public int flags() {
    return flags;
  }

  /** The result of the verification; 0 for a certificate that is good. */
  public int verify() {
    return verify;
  }

  /** The version of TLS, such as {@code TLSv1.3}; null if it was not said. */
  public @Nullable String version() {
    return text(ProxyTlv.SSL_VERSION);
  }

  /** The common name of the client's certificate; null if it was not said. */
  public @Nullable String commonName() {
    return text(ProxyTlv.SSL_CN);
  }

  /** The cipher suite; null if it was not said. */
  public @Nullable String cipher() {
    return text(ProxyTlv.SSL_CIPHER);
  }

  /** What the proxy's certificate was signed with, such as {@code SHA256}; null if not said. */
  public @Nullable String signatureAlgorithm() {
    return text(ProxyTlv.SSL_SIG_ALG);
  }

  /** The key of the proxy's certificate, such as {@code RSA2048}; null if it was not said. */
  public @Nullable String keyAlgorithm() {
    return text(ProxyTlv.SSL_KEY_ALG);
  }

  /** All TLVs within, in their order. */
  public List<ProxyTlv> tlvs() {
    return tlvs;
  }

  private @Nullable String text(int type) {
    ProxyTlv tlv = ProxyHeader.first(tlvs, type);
    return tlv == null ? null : tlv.text();
  }

  // ---- bytes -----------------------------------------------------------------------------------

  /** The TLV that says it. */
  ProxyTlv tlv() {
    ByteBuffer out = ByteBuffer.allocate(length());
    out.put((byte) flags).putInt(verify);
    BinaryHeader.put(out, tlvs);
    return ProxyTlv.of(ProxyTlv.SSL, out.array());
  }

  private int length() {
    return HEAD_BYTES + BinaryHeader.length(tlvs);
  }

  /** Reads one. */
  static ProxySsl parse(ProxyTlv tlv) throws BadHeader {
    if (tlv.length() < HEAD_BYTES) {
      throw BadHeader.malformed(
          "length of the SSL TLV", Integer.toString(tlv.length()), "is below " + HEAD_BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(tlv.value());
    int flags = in.get() & 0xff;
    int verify = in.getInt();
    return new ProxySsl(flags, verify, BinaryHeader.tlvs(in));
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof ProxySsl other
        && flags == other.flags
        && verify == other.verify
        && tlvs.equals(other.tlvs);
  }

  @Override
  public int hashCode() {
    return Objects.hash(flags, verify, tlvs);
  }

  /** All that it says. */
  @Override
  public String toString() {
    return "ProxySsl[flags " + Shown.hex(flags) + ", verify " + verify + ", " + tlvs + "]";
  }
}
