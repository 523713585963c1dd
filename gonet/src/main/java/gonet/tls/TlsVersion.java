package gonet.tls;

/**
 * The versions of TLS that gonet speaks. Older ones are broken (RFC 8996).
 *
 * @since 0.1
 */
public enum TlsVersion {
  /** RFC 5246. The end of one direction is the end of both. */
  TLS_1_2("TLSv1.2"),
  /** RFC 8446. */
  TLS_1_3("TLSv1.3");

  private final String jdkName;

  TlsVersion(String jdkName) {
    this.jdkName = jdkName;
  }

  /** {@code TLSv1.2} or {@code TLSv1.3}, as {@link javax.net.ssl.SSLSession#getProtocol} says. */
  @Override
  public String toString() {
    return jdkName;
  }

  static TlsVersion of(String jdkName) {
    return jdkName.equals(TLS_1_2.jdkName) ? TLS_1_2 : TLS_1_3;
  }
}
