package gonet.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.netip.Addr;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who may ask. Immutable. */
final class Access {
  private final byte @Nullable [] token;
  private final boolean byPath;

  /**
   * @param byPath the listener is a Unix path, which no browser reaches
   */
  Access(@Nullable String token, boolean byPath) {
    this.token = token == null ? null : token.getBytes(ISO_8859_1);
    this.byPath = byPath;
  }

  /** Null if this request may go on, otherwise the answer to it. */
  @Nullable AdminResponse refusal(AdminRequest request) {
    if (token != null && !carriesToken(request.header("authorization"))) {
      return AdminResponse.text(401, "a token is needed\n")
          .with("WWW-Authenticate", "Basic realm=\"gonet admin\"");
    }
    if (token == null && !byPath && !namesThisMachine(request.header("host"))) {
      return AdminResponse.text(
          421, "without a token, the Host must be an address of this machine or localhost\n");
    }
    boolean harmless = request.path().equals("/") && !request.method().equals("POST");
    if (!harmless && isFromElsewhere(request)) {
      return AdminResponse.text(403, "refused to pages from elsewhere\n");
    }
    return null;
  }

  private boolean carriesToken(@Nullable String authorization) {
    if (authorization == null || token == null) {
      return false;
    }
    int space = authorization.indexOf(' ');
    if (space < 0) {
      return false;
    }
    String rest = authorization.substring(space + 1).strip();
    return switch (authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> isToken(rest.getBytes(ISO_8859_1));
      case "basic" -> isPassword(rest);
      default -> false;
    };
  }

  private boolean isPassword(String encoded) {
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      return false;
    }
    String text = new String(pair, ISO_8859_1);
    int colon = text.indexOf(':');
    return colon >= 0 && isToken(text.substring(colon + 1).getBytes(ISO_8859_1));
  }

  /** In a time that does not depend on how much of it is right. */
  private boolean isToken(byte[] candidate) {
    return MessageDigest.isEqual(token, candidate);
  }

  /**
   * A page of another site that has bent its own name to this machine (DNS rebinding) sends that
   * name.
   */
  private static boolean namesThisMachine(@Nullable String host) {
    if (host == null) {
      return true; // no browser leaves it out
    }
    String name = host.toLowerCase(Locale.ROOT);
    if (name.startsWith("[")) {
      int end = name.indexOf(']');
      boolean whole = end > 0 && name.substring(end + 1).matches("(:[0-9]*)?");
      name = whole ? name.substring(1, end) : name;
    } else {
      int colon = name.lastIndexOf(':');
      name = colon < 0 ? name : name.substring(0, colon);
    }
    if (name.equals("localhost")) {
      return true;
    }
    try {
      return Addr.parse(name).isLoopback();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * A browser tells where the page came from that sends a request. It may not read the answer, but
   * the request alone can close a connection, and showing all threads takes a processor.
   */
  private static boolean isFromElsewhere(AdminRequest request) {
    String origin = request.header("origin");
    if (origin == null) {
      String site = request.header("sec-fetch-site");
      return site != null && !site.equals("same-origin") && !site.equals("none");
    }
    String host = request.header("host");
    return host == null || !(origin.equals("http://" + host) || origin.equals("https://" + host));
  }
}
