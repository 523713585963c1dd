package gonet.test.load;

import gonet.NetFailure;
import gonet.NetUnknownHostException;
import java.io.EOFException;
import java.io.IOException;

/** Short names for what can go wrong, so that it can be counted. */
final class Failures {
  private Failures() {}

  /** Such as {@code dial: ECONNREFUSED}, {@code read: timeout} or {@code server closed}. */
  static String name(IOException failure) {
    if (failure instanceof EOFException) {
      return "server closed";
    }
    if (failure instanceof NetUnknownHostException) {
      return "unknown host";
    }
    if (failure instanceof NetFailure net) {
      String errno = net.errno();
      return net.op() + ": " + (net.timeout() ? "timeout" : errno == null ? plain(failure) : errno);
    }
    return plain(failure);
  }

  private static String plain(IOException failure) {
    return failure.getClass().getSimpleName();
  }
}
