package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * A network or an address that cannot be used as it is written: an unknown network, a missing or
 * invalid port, a bracket too many, no address of the family asked for. No socket was opened.
 *
 * <p>The one failure type for a bad address. {@link HostPort#split} and {@link TcpAddr#resolve}
 * throw it as it is, with Go's {@code AddrError} or {@code UnknownNetworkError} text: {@code
 * address X: missing port in address}, {@code unknown network foo}; its {@link #op} and {@link
 * #network} are empty then. Dial and listen throw it with the operation in front, as Go's {@code
 * OpError}: {@code dial tcp: address X: missing port in address}. A network that gonet knows by
 * name only, such as {@code ip4:icmp}, is {@code not supported} rather than {@code unknown}.
 *
 * @since 0.1
 */
public final class NetAddressException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final String value;
  private final String why;

  /**
   * A failure with these facts, for those who implement a {@link Conn}.
   *
   * @param value the offending text as written
   * @param why the reason
   */
  public NetAddressException(OpFailure failure, String value, String why) {
    super(failure.message());
    this.failure = failure;
    this.value = value;
    this.why = why;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }

  /**
   * Returns the offending text as it was written, and no more of it than is wrong: the whole
   * address, its host, its port, or the network. May be empty.
   */
  public String value() {
    return value;
  }

  /**
   * Returns the reason, such as {@code missing port in address}, {@code invalid port}, {@code
   * unknown network} or {@code not supported}.
   */
  public String why() {
    return why;
  }
}
