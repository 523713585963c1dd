package gonet.tls;

import gonet.netip.Addr;
import java.net.IDN;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

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

  /**
   * A host as TLS wants it: in ASCII and lower case, without the root's dot; an address as it is.
   * Labels may have underscores, which no host's name has, and many a service's.
   *
   * @throws IllegalArgumentException naming it, if this cannot be one
   */
  static String host(String name) {
    if (isAddress(name)) {
      return name;
    }
    try {
      String plain = canonical(name);
      return plain.indexOf('_') < 0 ? new SNIHostName(plain).getAsciiName() : withUnderscore(plain);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("server name \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private static String withUnderscore(String name) {
    var _ = new SNIHostName(name.replace('_', 'x')); // in all else as the others
    return IDN.toASCII(name);
  }

  /**
   * Whether JSSE compares this name with a certificate: not one that has an underscore, which it
   * takes for no name.
   */
  static boolean isVerifiedByJsse(String host) {
    return host.indexOf('_') < 0;
  }

  /**
   * For SNI; null for an address, which must not be asked for, and for a name with an underscore: a
   * server under JSSE ends the handshake at one.
   */
  static @Nullable SNIHostName sni(String host) {
    return isAddress(host) || !isVerifiedByJsse(host) ? null : new SNIHostName(host);
  }

  /**
   * A name that a key pair is to serve, which may have a wildcard for its first label.
   *
   * @throws IllegalArgumentException naming it, if this cannot be one
   */
  static String pattern(String name) {
    return name.startsWith("*.") ? "*.".concat(host(name.substring(2))) : host(name);
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
