package gonet.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A part of a PEM file: {@code -----BEGIN LABEL-----}, base64, {@code -----END LABEL-----} (RFC
 * 7468). Text around the parts is passed over, as everywhere. Immutable.
 */
final class PemBlock {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private final String label;
  private final String headers;
  private final byte[] der;

  private PemBlock(String label, String headers, byte[] der) {
    this.label = label;
    this.headers = headers;
    this.der = der;
  }

  /** Such as {@code CERTIFICATE}. */
  String label() {
    return label;
  }

  /** What older forms have in front of the base64, such as {@code Proc-Type}. */
  String headers() {
    return headers;
  }

  /** The content, which nobody changes. */
  byte[] der() {
    return der;
  }

  /**
   * All parts of a text.
   *
   * @throws IllegalArgumentException if a part has no end, or its content is no base64
   */
  static List<PemBlock> parse(String text) {
    List<PemBlock> blocks = new ArrayList<>();
    String label = null;
    StringBuilder headers = new StringBuilder();
    StringBuilder base64 = new StringBuilder();
    for (String line : text.lines().map(String::strip).toList()) {
      if (label == null) {
        if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
          label = line.substring(BEGIN.length(), line.length() - DASHES.length());
          headers.setLength(0);
          base64.setLength(0);
        }
      } else if (line.equals(END + label + DASHES)) {
        blocks.add(new PemBlock(label, headers.toString(), decode(label, base64.toString())));
        label = null;
      } else if (line.indexOf(':') >= 0) {
        headers.append(line).append('\n');
      } else {
        base64.append(line);
      }
    }
    if (label != null) {
      throw new IllegalArgumentException("no end of " + label);
    }
    return blocks;
  }

  private static byte[] decode(String label, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the content of " + label + " is no base64", e);
    }
  }
}
