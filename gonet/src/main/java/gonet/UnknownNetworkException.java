package gonet;

import java.io.IOException;
import java.io.Serial;

/**
 * A network name that gonet does not know where one was asked for. The message is Go's {@code
 * UnknownNetworkError} text, {@code unknown network foo}.
 *
 * <p>Calls such as {@code Net.dial} wrap it as the cause of their own exception.
 */
public final class UnknownNetworkException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final String network;

  UnknownNetworkException(String network) {
    super("unknown network " + network);
    this.network = network;
  }

  /** Returns the network as the caller wrote it. */
  public String network() {
    return network;
  }
}
