package gonet.tls;

import gonet.NetFailure;
import gonet.OpFailure;
import java.io.Serial;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS failed: a handshake, a record that is not what it has to be, an alert of the other side. The
 * connection is of no use any more, and every later call says the same; what was decrypted before
 * is still read first.
 *
 * <p>Deadlines, timeouts and interrupts are none of these: they end a call as they do on every
 * connection, and the next call goes on where that one stopped. The handshake's own limit is one:
 * {@link #timeout}.
 *
 * @since 0.1
 */
public class TlsException extends SSLException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final String why;
  private final @Nullable String alert;

  TlsException(OpFailure failure, String why, @Nullable String alert, @Nullable Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
    this.why = why;
    this.alert = alert;
  }

  /** The same failure of another call, because of this one. */
  TlsException again(OpFailure failure) {
    return new TlsException(failure, why, alert, this);
  }

  /** What the message says behind the operation and the addresses. */
  final String why() {
    return why;
  }

  /**
   * The alert that says why, by its name in RFC 8446, such as {@code handshake_failure}: the other
   * side's, or the one that this side has sent. Null where there was none.
   */
  public @Nullable String alert() {
    return alert;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
