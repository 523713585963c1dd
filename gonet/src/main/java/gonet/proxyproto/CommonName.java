package gonet.proxyproto;

import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The common name of a certificate's subject. Stateless. */
final class CommonName {
  private static final String KEY = "CN=";

  private CommonName() {}

  /** The most specific one; null if there is none, or none that is a text. */
  static @Nullable String of(X509Certificate certificate) {
    return of(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253));
  }

  /** Of a name in the form of RFC 2253, which has the most specific part first. */
  static @Nullable String of(String name) {
    int at = 0;
    while (at < name.length()) {
      int end = endOfPart(name, at);
      if (name.startsWith(KEY, at) && !name.startsWith("#", at + KEY.length())) {
        return plain(name.substring(at + KEY.length(), end));
      }
      at = end + 1;
    }
    return null;
  }

  private static int endOfPart(String name, int from) {
    boolean quoted = false;
    for (int i = from; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '+')) {
        return i;
      }
    }
    return name.length();
  }

  /** Without escapes and quotes. */
  private static String plain(String value) {
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        out.append(value.charAt(++i));
      } else if (c != '"') {
        out.append(c);
      }
    }
    return out.toString();
  }
}
