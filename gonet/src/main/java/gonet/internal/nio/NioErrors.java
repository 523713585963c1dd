package gonet.internal.nio;

import gonet.internal.backend.Errno;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the errno back from what a channel throws. The JDK has no field for it: what is left is the
 * exception's type and the system's own text, in the wordings of glibc, macOS and Windows below.
 * Where the C library speaks another language than English the type alone decides, so a kind of
 * failure survives and only its shade is lost.
 */
final class NioErrors {

  private record Wording(String part, int errno) {}

  /** In lower case. The first part found in the message decides, so the longer stand first. */
  private static final Wording[] WORDINGS = {
    new Wording("connection refused", Errno.ECONNREFUSED),
    new Wording("actively refused", Errno.ECONNREFUSED),
    new Wording("connection timed out", Errno.ETIMEDOUT),
    new Wording("operation timed out", Errno.ETIMEDOUT),
    new Wording("failed to respond", Errno.ETIMEDOUT),
    new Wording("connection reset", Errno.ECONNRESET),
    new Wording("forcibly closed", Errno.ECONNRESET),
    new Wording("connection abort", Errno.ECONNABORTED),
    new Wording("connection was aborted", Errno.ECONNABORTED),
    new Wording("broken pipe", Errno.EPIPE),
    new Wording("no route to host", Errno.EHOSTUNREACH),
    new Wording("host is unreachable", Errno.EHOSTUNREACH),
    new Wording("unreachable host", Errno.EHOSTUNREACH),
    new Wording("host is down", Errno.EHOSTDOWN),
    new Wording("network is unreachable", Errno.ENETUNREACH),
    new Wording("unreachable network", Errno.ENETUNREACH),
    new Wording("network is down", Errno.ENETDOWN),
    new Wording("network dropped connection", Errno.ENETRESET),
    new Wording("address already in use", Errno.EADDRINUSE),
    new Wording("assign requested address", Errno.EADDRNOTAVAIL),
    new Wording("permission denied", Errno.EACCES),
    new Wording("no such file or directory", Errno.ENOENT),
    new Wording("not a directory", Errno.ENOTDIR),
    new Wording("read-only file system", Errno.EROFS),
    new Wording("resource temporarily unavailable", Errno.EAGAIN),
    new Wording("operation not permitted", Errno.EPERM),
    new Wording("too many open files in system", Errno.ENFILE),
    new Wording("too many open files", Errno.EMFILE),
    new Wording("message too long", Errno.EMSGSIZE),
    new Wording("larger than the internal message buffer", Errno.EMSGSIZE),
    new Wording("no buffer space", Errno.ENOBUFS),
    new Wording("cannot allocate memory", Errno.ENOMEM),
    new Wording("protocol wrong type", Errno.EPROTOTYPE),
    new Wording("protocol error", Errno.EPROTO),
    new Wording("address family not supported", Errno.EAFNOSUPPORT),
    new Wording("protocol family unavailable", Errno.EAFNOSUPPORT),
    new Wording("protocol not available", Errno.ENOPROTOOPT),
    new Wording("protocol option", Errno.ENOPROTOOPT),
    new Wording("not connected", Errno.ENOTCONN),
    new Wording("already connected", Errno.EISCONN),
    new Wording("is connected", Errno.EISCONN),
    new Wording("not supported", Errno.EOPNOTSUPP),
    new Wording("invalid argument", Errno.EINVAL),
    new Wording("bad file descriptor", Errno.EBADF),
  };

  private NioErrors() {}

  /** The errno behind {@code failure}, positive; EIO where nothing tells. */
  static int errno(Exception failure) {
    int exact = byExactType(failure);
    if (exact != 0) {
      return exact;
    }
    int told = byText(failure.getMessage());
    return told != 0 ? told : byBroadType(failure);
  }

  /** Types that the JDK throws by its own decision, each for one reason; 0 for all others. */
  private static int byExactType(Exception failure) {
    if (failure instanceof ClosedChannelException) {
      return Errno.EBADF;
    }
    if (failure instanceof UnsupportedAddressTypeException) {
      return Errno.EAFNOSUPPORT;
    }
    if (failure instanceof PortUnreachableException) {
      return Errno.ECONNREFUSED;
    }
    if (failure instanceof NotYetConnectedException) {
      return Errno.ENOTCONN;
    }
    if (failure instanceof NoConnectionPendingException) {
      return Errno.ENOTCONN;
    }
    if (failure instanceof AlreadyConnectedException) {
      return Errno.EISCONN;
    }
    if (failure instanceof ConnectionPendingException) {
      return Errno.EALREADY;
    }
    if (failure instanceof AlreadyBoundException) {
      return Errno.EINVAL;
    }
    if (failure instanceof NotYetBoundException) {
      return Errno.EINVAL;
    }
    return 0;
  }

  private static int byText(@Nullable String message) {
    if (message == null) {
      return 0;
    }
    String text = message.toLowerCase(Locale.ROOT);
    for (Wording wording : WORDINGS) {
      if (text.contains(wording.part())) {
        return wording.errno();
      }
    }
    return 0;
  }

  /** Types that the JDK gives to several errnos: the most frequent one stands for them. */
  private static int byBroadType(Exception failure) {
    if (failure instanceof NoRouteToHostException) {
      return Errno.EHOSTUNREACH;
    }
    if (failure instanceof ConnectException) {
      return Errno.ECONNREFUSED;
    }
    if (failure instanceof BindException) {
      return Errno.EADDRINUSE;
    }
    if (failure instanceof UnsupportedOperationException) {
      return Errno.EOPNOTSUPP;
    }
    if (failure instanceof IllegalArgumentException) {
      return Errno.EINVAL;
    }
    return Errno.EIO;
  }
}
