package gonet.netip;

import java.io.Serial;

/**
 * A text that is not the address, address and port, prefix or MAC address it was taken for. The
 * message names the text, says what is wrong and, where it helps, where in the text; its wording is
 * Go's.
 *
 * <p>Thrown by {@link Addr#parse}, {@link AddrPort#parse}, {@link Prefix#parse} and {@link
 * MacAddr#parse}.
 *
 * @since 0.1
 */
public final class AddrParseException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  AddrParseException(String message) {
    super(message);
  }
}
