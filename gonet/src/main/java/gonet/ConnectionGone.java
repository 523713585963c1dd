package gonet;

import gonet.internal.backend.Errno;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The truth tables behind {@link NetFailure#isConnectionGone} and its kin. */
final class ConnectionGone {

  /** Chains of causes can be circular; no honest one is as long as this. */
  private static final int MAX_DEPTH = 32;

  private ConnectionGone() {}

  static boolean test(@Nullable Throwable failure) {
    Throwable t = failure;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      if (t instanceof NetFailure e && test(e)) {
        return true;
      }
      t = t.getCause();
    }
    return false;
  }

  private static boolean test(NetFailure e) {
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
      case Op.DIAL, Op.LISTEN, Op.ACCEPT, Op.FILE -> false;
      default -> true;
    };
  }

  /** {@link NetFailure#isConnectionEnd}. */
  static boolean isEnd(@Nullable Throwable failure) {
    if (failure instanceof NetFailure e) {
      // A listener that was closed is how a loop of accepts ends.
      boolean stands = isConnected(e.op()) || e.op().equals(Op.ACCEPT);
      return stands && (e.timeout() || test(failure) || isOrdinary(failure));
    }
    return isOrdinary(failure);
  }

  private static boolean isOrdinary(@Nullable Throwable failure) {
    return failure instanceof ClosedChannelException
        || failure instanceof InterruptedIOException // timeouts are such, too
        || failure instanceof EOFException;
  }

  /** {@link NetFailure#isConnectionEndOf}. */
  static boolean isEndOf(@Nullable Throwable failure, Conn conn) {
    if (!isEnd(failure)) {
      return false;
    }
    if (!(failure instanceof NetFailure e)) {
      return true; // a stranger's, which does not tell whose it is
    }
    for (Conn at = conn; at != null; at = at.beneath()) {
      Op op = Op.of(e.op(), at);
      if (Objects.equals(op.addr(), e.addr()) && Objects.equals(op.source(), e.source())) {
        return true;
      }
    }
    return false;
  }
}
