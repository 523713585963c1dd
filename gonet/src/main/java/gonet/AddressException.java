package gonet;

import java.io.IOException;
import java.io.Serial;

/**
 * A network address that cannot be used as it is written: no port, a bracket too many, no address
 * of the family asked for. The message is Go's {@code AddrError} text, {@code address X: why}, or
 * the reason alone if the address is empty.
 *
 * <p>Calls such as {@code Net.dial} wrap it as the cause of their own exception.
 */
public final class AddressException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final String addr;
  private final String why;

  AddressException(String addr, String why) {
    super(addr.isEmpty() ? why : "address " + addr + ": " + why);
    this.addr = addr;
    this.why = why;
  }

  /** Returns the address as the caller wrote it; may be empty. */
  public String addr() {
    return addr;
  }

  /** Returns the reason, such as {@code missing port in address}. */
  public String why() {
    return why;
  }
}
