package gonet.proxyproto;

import gonet.NetFailure;
import gonet.OpFailure;
import java.io.Serial;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A connection did not begin with a header as it has to. Every later call says the same: nobody
 * knows whose connection it is, and where the stream begins.
 *
 * <p>Deadlines, timeouts and interrupts of a caller's are none of these: they end a call as they do
 * on every connection, and the next call goes on where that one stopped.
 *
 * @since 0.1
 */
public final class ProxyProtocolException extends ProtocolException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  /** What kind of thing went wrong. Later versions may add some. */
  public enum Reason {
    /** The other side is none of the proxies that may say whose connection it is. */
    UNTRUSTED,
    /** The stream begins with something else. */
    ABSENT,
    /** A value of the header cannot be. */
    MALFORMED,
    /** The header is longer than it may be. */
    TOO_LONG,
    /** The stream ended within the header. */
    TRUNCATED,
    /** The CRC32C of the header is another one than it says. */
    CHECKSUM,
    /** The header did not come in time; {@link #timeout} is true. */
    LATE
  }

  private final OpFailure failure;
  private final Reason reason;
  private final @Nullable String value;

  ProxyProtocolException(OpFailure failure, Reason reason, @Nullable String value) {
    super(failure.message());
    this.failure = failure;
    this.reason = reason;
    this.value = value;
  }

  /** What kind of thing went wrong. */
  public Reason reason() {
    return reason;
  }

  /**
   * The offending value as it came, such as {@code 65536} of a port; null if there is none. The
   * message has it as well, with escapes for what is not printable.
   */
  public @Nullable String value() {
    return value;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
