package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One more thing that a header of version 2 says: a type, and bytes. Immutable.
 *
 * @since 0.1
 */
public final class ProxyTlv {

  /** The protocol that the client speaks, as ALPN names it: {@link ProxyHeader#alpn}. */
  public static final int ALPN = 0x01;

  /** The host that the client wants, such as that of SNI: {@link ProxyHeader#authority}. */
  public static final int AUTHORITY = 0x02;

  /** The checksum: {@link ProxyHeader#hasChecksum}. */
  public static final int CRC32C = 0x03;

  /** Padding. */
  public static final int NOOP = 0x04;

  /** Names the connection: {@link ProxyHeader#uniqueId}. */
  public static final int UNIQUE_ID = 0x05;

  /** The client's TLS: {@link ProxyHeader#ssl}. */
  public static final int SSL = 0x20;

  /** Within {@link #SSL}: the version, such as {@code TLSv1.3}. */
  public static final int SSL_VERSION = 0x21;

  /** Within {@link #SSL}: the common name of the client's certificate. */
  public static final int SSL_CN = 0x22;

  /** Within {@link #SSL}: the cipher suite. */
  public static final int SSL_CIPHER = 0x23;

  /** Within {@link #SSL}: what the proxy's certificate was signed with. */
  public static final int SSL_SIG_ALG = 0x24;

  /** Within {@link #SSL}: the key of the proxy's certificate. */
  public static final int SSL_KEY_ALG = 0x25;

  /** The network namespace at the proxy: {@link ProxyHeader#netns}. */
  public static final int NETNS = 0x30;

  /** A longer value does not fit into a header. */
  static final int MAX_BYTES = 0xffff;

  /** Type and length. */
  static final int OVERHEAD = 3;

  private final int type;
  private final byte[] value;

  private ProxyTlv(int type, byte[] value) {
    this.type = type;
    this.value = value;
  }

  /**
   * Copies the bytes.
   *
   * @param type such as {@link #ALPN}; 0xe0 to 0xef are for applications
   * @throws IllegalArgumentException if the type is not within 0 to 255, or the value has more than
   *     65,535 bytes
   */
  public static ProxyTlv of(int type, byte[] value) {
    if (type < 0 || type > 0xff) {
      throw new IllegalArgumentException("TLV type is " + type + ", not within 0 to 255");
    }
    if (value.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "TLV value has " + value.length + " bytes, above " + MAX_BYTES);
    }
    return new ProxyTlv(type, value.clone());
  }

  /** The same of a text, in UTF-8. */
  public static ProxyTlv of(int type, String value) {
    return of(type, value.getBytes(UTF_8));
  }

  /** The type, 0 to 255. */
  public int type() {
    return type;
  }

  /** A copy of the bytes. */
  public byte[] value() {
    return value.clone();
  }

  /** The bytes as a text in UTF-8; what is none becomes U+FFFD. */
  public String text() {
    return new String(value, UTF_8);
  }

  /** How many bytes there are. */
  int length() {
    return value.length;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof ProxyTlv other
        && type == other.type
        && Arrays.equals(value, other.value);
  }

  @Override
  public int hashCode() {
    return 31 * type + Arrays.hashCode(value);
  }

  /** Type and value in hexadecimal. */
  @Override
  public String toString() {
    return Shown.hex(type) + "=" + HexFormat.of().formatHex(value);
  }
}
