package gonet.internal.poll;

import gonet.internal.backend.Errno;

/** What the errors of accept(2) mean for a listener that shall go on living. */
final class AcceptErrors {
  private AcceptErrors() {}

  /**
   * The connection at the head of the queue died; the next one may be fine. accept(2) asks to treat
   * pending network errors of the new socket like EAGAIN. Each takes one entry off the queue, so
   * trying again at once cannot spin.
   */
  static boolean dead(int errno) {
    return switch (errno) {
      case Errno.ECONNABORTED,
          Errno.EPROTO,
          Errno.ENOPROTOOPT,
          Errno.ENETDOWN,
          Errno.ENETUNREACH,
          Errno.EHOSTDOWN,
          Errno.EHOSTUNREACH,
          Errno.ENONET,
          Errno.ETIMEDOUT ->
          true;
      default -> false;
    };
  }

  /**
   * Something is short, here or in the kernel, and the connection stays in the queue: descriptors,
   * memory, or a firewall's leave (EPERM).
   */
  static boolean shortage(int errno) {
    return switch (errno) {
      case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM -> true;
      default -> false;
    };
  }
}
