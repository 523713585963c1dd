package gonet.tls;

import gonet.Conn;
import gonet.OpFailure;
import gonet.tls.TlsCertificateException.Reason;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the exception for what JSSE says. Its messages are the one place where it tells the alert:
 * {@code (handshake_failure) No appropriate protocol}, or behind that {@code Received fatal alert:
 * bad_certificate}. Stateless.
 */
final class TlsFailures {
  private static final String RECEIVED = "Received fatal alert: ";

  /** Chains of causes can be circular; no honest one is as long as this. */
  private static final int MAX_DEPTH = 32;

  private TlsFailures() {}

  /** A failure of gonet's own finding. */
  static TlsException of(String op, Conn conn, String why) {
    return new TlsException(failure(op, conn, why), why, null, null);
  }

  /** What JSSE threw. */
  static TlsException of(String op, Conn conn, Exception e) {
    String text = text(e);
    String alert = null;
    int end = text.indexOf(") ");
    if (text.startsWith("(") && end > 0) {
      alert = text.substring(1, end);
      text = text.substring(end + 2);
    }
    if (text.startsWith(RECEIVED)) {
      alert = text.substring(RECEIVED.length());
      String why = "the other side sent the alert ".concat(alert);
      return new TlsException(failure(op, conn, why), why, alert, e);
    }
    Exception refusal = certificateFailure(e);
    if (refusal != null) {
      String why = "certificate refused: ".concat(text(refusal));
      return new TlsCertificateException(failure(op, conn, why), why, alert, e, reason(e));
    }
    return new TlsException(failure(op, conn, text), text, alert, e);
  }

  static TruncatedException truncated(String op, Conn conn) {
    String why = "the stream ended without close_notify";
    return new TruncatedException(failure(op, conn, why), why, null);
  }

  /** The handshake's own limit is over. */
  static TlsException timeout(Conn conn, Duration limit) {
    StringBuilder text = new StringBuilder("handshake not done within ");
    text.append(limit.toMillis() / 1000.0).append(" s");
    String why = text.toString();
    return new TlsException(failure("handshake", conn, why).asTimeout(), why, null, null);
  }

  /** {@code op network A->B: tls: why}. */
  static OpFailure failure(String op, Conn conn, String why) {
    return OpFailure.of(op, conn, "tls: ".concat(why));
  }

  private static String text(Exception e) {
    String text = e.getMessage();
    return text == null ? e.getClass().getName() : text;
  }

  /** The innermost cause that is about a certificate; null if none is. */
  private static @Nullable Exception certificateFailure(Throwable e) {
    Exception found = null;
    Throwable t = e;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      if ((t instanceof CertificateException || t instanceof CertPathValidatorException)
          && t.getMessage() != null) {
        found = (Exception) t;
      }
      t = t.getCause();
    }
    return found;
  }

  private static Reason reason(Throwable e) {
    Reason reason = Reason.UNTRUSTED;
    Throwable t = e;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      Reason told = told(t);
      if (told != null) {
        reason = told;
      }
      t = t.getCause();
    }
    return reason;
  }

  private static @Nullable Reason told(Throwable t) {
    if (t instanceof CertificateExpiredException) {
      return Reason.EXPIRED;
    }
    if (t instanceof CertificateNotYetValidException) {
      return Reason.NOT_YET_VALID;
    }
    if (t instanceof CertificateRevokedException) {
      return Reason.REVOKED;
    }
    if (t instanceof CertPathValidatorException path) {
      if (path.getReason() == BasicReason.EXPIRED) {
        return Reason.EXPIRED;
      }
      if (path.getReason() == BasicReason.NOT_YET_VALID) {
        return Reason.NOT_YET_VALID;
      }
      if (path.getReason() == BasicReason.REVOKED) {
        return Reason.REVOKED;
      }
      if (path.getReason() == BasicReason.ALGORITHM_CONSTRAINED) {
        return Reason.OTHER;
      }
    }
    return t instanceof CertificateException && isAboutNames(t.getMessage())
        ? Reason.HOST_NAME
        : null;
  }

  /** JSSE's check of names has no class of its own. */
  private static boolean isAboutNames(@Nullable String text) {
    return text != null
        && (text.startsWith("No name matching ") || text.startsWith("No subject alternative "));
  }
}
