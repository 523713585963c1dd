package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * The network or address given to dial or listen means nothing: unknown network, missing or invalid
 * port, malformed address, no address of the family asked for. No socket was opened. The cause
 * names the offending text.
 *
 * <p>Go: an {@code OpError} around {@code AddrError} or {@code UnknownNetworkError}.
 */
public final class NetAddressException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  /** A failure with these facts, for those who implement a {@link Conn}. */
  public NetAddressException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
