package gonet;

import gonet.internal.backend.Errno;
import org.jspecify.annotations.Nullable;

/** The truth table behind {@link NetException#isConnectionGone}. */
final class ConnectionGone {

  /** Chains of causes can be circular; no honest one is as long as this. */
  private static final int MAX_DEPTH = 32;

  private ConnectionGone() {}

  static boolean test(@Nullable Throwable failure) {
    Throwable t = failure;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      if (t instanceof NetException e && test(e)) {
        return true;
      }
      t = t.getCause();
    }
    return false;
  }

  private static boolean test(NetException e) {
    return switch (e.errnoNumber()) {
      case Errno.ECONNRESET,
          Errno.ECONNABORTED,
          Errno.EPIPE,
          Errno.ENOTCONN,
          Errno.ESHUTDOWN,
          Errno.ENETRESET ->
          true;
      case Errno.ETIMEDOUT,
          Errno.EHOSTUNREACH,
          Errno.ENETUNREACH,
          Errno.EHOSTDOWN,
          Errno.ENETDOWN ->
          isConnected(e.op());
      default -> false;
    };
  }

  /** Whether the operation presumes a connection. */
  private static boolean isConnected(String op) {
    return switch (op) {
      case Op.DIAL, Op.LISTEN, Op.ACCEPT -> false;
      default -> true;
    };
  }
}
