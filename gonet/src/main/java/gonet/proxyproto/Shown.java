package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;

/** Shows what strangers sent, so that no control character reaches a log or terminal. Stateless. */
final class Shown {

  /** Enough to recognize it. */
  private static final int MAX_CHARS = 120;

  private Shown() {}

  /** In double quotes; what is not printable ASCII as an escape. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    int shown = Math.min(text.length(), MAX_CHARS);
    for (int i = 0; i < shown; i++) {
      append(out, text.charAt(i));
    }
    return out.append(shown < text.length() ? "\"..." : "\"").toString();
  }

  /** The first bytes of something, each as one character. */
  static String bytes(byte[] bytes, int length) {
    return new String(bytes, 0, length, ISO_8859_1);
  }

  /** A byte, such as {@code 0x21}. */
  static String hex(int value) {
    return "0x" + HexFormat.of().toHexDigits((byte) value);
  }

  private static void append(StringBuilder out, char c) {
    switch (c) {
      case '"', '\\' -> out.append('\\').append(c);
      case '\r' -> out.append("\\r");
      case '\n' -> out.append("\\n");
      default -> {
        if (c >= ' ' && c < 0x7f) {
          out.append(c);
        } else if (c < 0x100) {
          out.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
        } else {
          out.append("\\u").append(HexFormat.of().toHexDigits(c));
        }
      }
    }
  }
}
