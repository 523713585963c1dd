package gonet.netip;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A hardware address: IEEE 802 MAC-48, EUI-48, EUI-64, or 20 bytes of IP over InfiniBand. An
 * immutable value; Go's {@code net.HardwareAddr}.
 *
 * @since 0.1
 */
public final class MacAddr {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  private final byte[] bytes;

  private MacAddr(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the address of these bytes.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static MacAddr of(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("a hardware address of no bytes");
    }
    return new MacAddr(bytes.clone());
  }

  /**
   * Parses 6, 8 or 20 bytes in one of these forms, in either case (Go: {@code ParseMAC}):
   *
   * <pre>
   *   00:00:5e:00:53:01    02:00:5e:10:00:00:00:01    00-00-5e-00-53-01    0000.5e00.5301
   * </pre>
   *
   * @throws AddrParseException if the text is none of them; its message is Go's
   */
  public static MacAddr parse(String text) {
    boolean dots = text.length() > 4 && text.charAt(4) == '.';
    int digits = dots ? 4 : 2; // of each group
    int groups = (text.length() + 1) / (digits + 1);
    int count = groups * digits / 2;
    boolean known = count == 6 || count == 8 || count == 20;
    if (!known || (text.length() + 1) % (digits + 1) != 0) {
      throw invalid(text);
    }
    char separator = text.charAt(digits);
    if (!dots && separator != ':' && separator != '-') {
      throw invalid(text);
    }
    byte[] bytes = new byte[count];
    int made = 0;
    for (int at = 0; at < text.length(); at += digits + 1) {
      if (at > 0 && text.charAt(at - 1) != separator) {
        throw invalid(text);
      }
      for (int i = at; i < at + digits; i += 2) {
        bytes[made++] = (byte) (digit(text, i) << 4 | digit(text, i + 1));
      }
    }
    return new MacAddr(bytes);
  }

  private static int digit(String text, int at) {
    char c = text.charAt(at);
    if (!HexFormat.isHexDigit(c)) {
      throw invalid(text);
    }
    return HexFormat.fromHexDigit(c);
  }

  private static AddrParseException invalid(String text) {
    return new AddrParseException("address " + text + ": invalid MAC address");
  }

  /** The bytes, a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof MacAddr other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The bytes in lower case with colons between. */
  @Override
  public String toString() {
    return COLONS.formatHex(bytes);
  }
}
