package gonet.internal.dns;

/**
 * Domain names as text: labels and dots, each octet a character (ISO 8859-1), compared without the
 * case of ASCII letters (RFC 4343). A name on the wire ends with the root; its text then ends with
 * a dot.
 */
public final class Names {
  /** The root's own name. */
  static final String ROOT = ".";

  /** RFC 1035, 2.3.4: 255 octets on the wire are so many characters with the last dot. */
  static final int MAX_LENGTH = 254;

  static final int MAX_LABEL = 63;

  private Names() {}

  /**
   * Whether {@code name} may be asked for or believed: letters, digits, hyphens within a label, and
   * underscores, which service names have; not only digits, which are addresses. A last dot is
   * allowed. Go: {@code isDomainName}.
   */
  public static boolean isDomainName(String name) {
    if (name.equals(ROOT)) {
      return true;
    }
    String labels = isRooted(name) ? name.substring(0, name.length() - 1) : name;
    if (labels.isEmpty() || labels.length() >= MAX_LENGTH) {
      return false;
    }
    boolean number = true;
    int start = 0;
    while (start <= labels.length()) {
      int dot = labels.indexOf('.', start);
      int end = dot < 0 ? labels.length() : dot;
      if (!isLabel(labels, start, end)) {
        return false;
      }
      number &= isNumber(labels, start, end);
      start = end + 1;
    }
    return !number;
  }

  private static boolean isLabel(String name, int start, int end) {
    if (start == end || end - start > MAX_LABEL) {
      return false;
    }
    if (name.charAt(start) == '-' || name.charAt(end - 1) == '-') {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = lower(name.charAt(i));
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(String name, int start, int end) {
    for (int i = start; i < end; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Whether the name ends with the root, and no search list applies to it. */
  public static boolean isRooted(String name) {
    return name.endsWith(".");
  }

  /** The name with a dot at its end. */
  public static String rooted(String name) {
    return isRooted(name) ? name : name + ".";
  }

  /** The name without the dot at its end. */
  public static String unrooted(String name) {
    return isRooted(name) && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
  }

  /** How many dots there are. */
  static int dots(String name) {
    return (int) name.chars().filter(c -> c == '.').count();
  }

  static boolean same(String a, String b) {
    if (a.length() != b.length()) {
      return false;
    }
    for (int i = 0; i < a.length(); i++) {
      if (lower(a.charAt(i)) != lower(b.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** For maps. Letters beyond ASCII, which a locale might change, stay as they are. */
  public static String lower(String name) {
    StringBuilder lower = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      lower.append(lower(name.charAt(i)));
    }
    return lower.toString();
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  /**
   * The name that an address is looked up by: {@code 1.0.0.127.in-addr.arpa.}, or its like with 32
   * nibbles under {@code ip6.arpa.} (RFC 1035, 3.5; RFC 3596, 2.5).
   */
  public static String reverse(byte[] addr) {
    StringBuilder name = new StringBuilder();
    for (int i = addr.length - 1; i >= 0; i--) {
      int octet = addr[i] & 0xff;
      if (addr.length == 4) {
        name.append(octet).append('.');
      } else {
        name.append(Character.forDigit(octet & 0xf, 16)).append('.');
        name.append(Character.forDigit(octet >> 4, 16)).append('.');
      }
    }
    return name.append(addr.length == 4 ? "in-addr.arpa." : "ip6.arpa.").toString();
  }
}
