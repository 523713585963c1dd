package gonet.tls;

import gonet.OpFailure;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The stream ended without TLS's own end, the alert close_notify. Anybody between the two sides can
 * bring that about, so the bytes until then may be a part of those that were sent. Every read at
 * that place says so; {@link TlsConfig.Builder#acceptTruncation} makes it an ordinary end for
 * protocols that have lengths of their own.
 *
 * <p>No {@link java.io.EOFException}, which much code takes for the ordinary end.
 *
 * @since 0.1
 */
public final class TruncatedException extends TlsException {
  @Serial private static final long serialVersionUID = 1;

  TruncatedException(OpFailure failure, String why, @Nullable Throwable cause) {
    super(failure, why, null, cause);
  }

  @Override
  TlsException again(OpFailure failure) {
    return new TruncatedException(failure, why(), this);
  }
}
