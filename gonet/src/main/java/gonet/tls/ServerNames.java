package gonet.tls;

import gonet.netip.Addr;
import java.util.List;
import java.util.Locale;

/** Names of servers, as SNI and certificates have them. Stateless. */
final class ServerNames {
  private ServerNames() {}

  /** How well a name is served: the higher the better. */
  static final int NONE = 0;

  static final int WILDCARD = 1;
  static final int EXACT = 2;

  /**
   * @param name in lower case
   * @param patterns in lower case; {@code *.example.com} stands for one label in front (RFC 9525,
   *     6.3)
   */
  static int match(String name, List<String> patterns) {
    int best = NONE;
    for (String pattern : patterns) {
      if (pattern.equals(name)) {
        return EXACT;
      }
      int dot = name.indexOf('.');
      if (pattern.startsWith("*.") && dot > 0 && name.substring(dot).equals(pattern.substring(1))) {
        best = WILDCARD;
      }
    }
    return best;
  }

  /** As names are compared: lower case, without the root's dot. */
  static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Whether this is an address, which SNI must not have (RFC 6066, 3). */
  static boolean isAddress(String host) {
    try {
      var _ = Addr.parse(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
