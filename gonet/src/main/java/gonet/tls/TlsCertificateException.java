package gonet.tls;

import gonet.OpFailure;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The other side's certificate was refused. The message names the certificate and what is wrong.
 *
 * @since 0.1
 */
public final class TlsCertificateException extends TlsException {
  @Serial private static final long serialVersionUID = 1;

  /** What is wrong with it. */
  public enum Reason {
    /** It, or one of its chain, is no longer valid. */
    EXPIRED,
    /** It, or one of its chain, is not valid yet. */
    NOT_YET_VALID,
    /** It is for other names than the one that was dialled. */
    HOST_NAME,
    /** No chain leads from it to a certificate that is trusted here. */
    UNTRUSTED,
    /** Its issuer has revoked it. */
    REVOKED,
    /** Its algorithms, its extensions or its form. */
    OTHER
  }

  private final Reason reason;

  TlsCertificateException(
      OpFailure failure,
      String why,
      @Nullable String alert,
      @Nullable Throwable cause,
      Reason reason) {
    super(failure, why, alert, cause);
    this.reason = reason;
  }

  @Override
  TlsException again(OpFailure failure) {
    return new TlsCertificateException(failure, why(), alert(), this, reason);
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }
}
