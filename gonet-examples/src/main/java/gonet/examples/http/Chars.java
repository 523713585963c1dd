package gonet.examples.http;

/** The kinds of bytes that RFC 9110, section 5, and RFC 3986 tell apart. */
final class Chars {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte HOST = 8;

  private static final byte[] KINDS = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        KINDS[c] |= TOKEN;
      }
      if ((c >= ' ' && c != 0x7f) || c == '\t') {
        KINDS[c] |= VALUE;
      }
      if (c > ' ' && c < 0x7f && c != '#') {
        KINDS[c] |= TARGET;
      }
      if (alphanumeric || "-._~%!$&'()*+,;=:[]".indexOf(c) >= 0) {
        KINDS[c] |= HOST;
      }
    }
  }

  private Chars() {}

  /** A letter of methods and field names. */
  static boolean isToken(byte b) {
    return (KINDS[b & 0xff] & TOKEN) != 0;
  }

  /** What a field's value may hold: no control character but the tab. */
  static boolean isValue(byte b) {
    return (KINDS[b & 0xff] & VALUE) != 0;
  }

  /** What a request's target may hold; a fragment is never sent. */
  static boolean isTarget(byte b) {
    return (KINDS[b & 0xff] & TARGET) != 0;
  }

  /** What a host with its port may hold: no user before an at sign, in particular. */
  static boolean isHost(byte b) {
    return (KINDS[b & 0xff] & HOST) != 0;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Whether {@code buf[from, to)} is this text, which is in lower case, in any case. */
  static boolean equalsIgnoreCase(byte[] buf, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      int c = buf[i];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }
}
