package gonet.tls;

import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Which cipher suites there are. Stateless. */
final class CipherSuites {
  private CipherSuites() {}

  /**
   * @param wanted by the user; empty for the default
   * @param foreign whether the context is the user's, whose defaults are JSSE's then
   * @return null for JSSE's defaults
   * @throws IllegalArgumentException naming one that is not there
   */
  static String @Nullable [] choose(SSLContext context, List<String> wanted, boolean foreign) {
    if (!wanted.isEmpty()) {
      List<String> known = Arrays.asList(context.getSupportedSSLParameters().getCipherSuites());
      for (String suite : wanted) {
        if (!known.contains(suite)) {
          throw new IllegalArgumentException("unknown cipher suite " + suite);
        }
      }
      return wanted.toArray(new String[0]);
    }
    if (foreign) {
      return null;
    }
    return Arrays.stream(context.getDefaultSSLParameters().getCipherSuites())
        .filter(CipherSuites::isGood)
        .toArray(String[]::new);
  }

  /** All of 1.3; of 1.2 those with forward secrecy and no CBC, as RFC 9325, 4.2 recommends. */
  private static boolean isGood(String suite) {
    boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_");
    return suite.startsWith("TLS_ECDHE_")
        ? authenticated
        : suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_");
  }
}
