package gonet.internal.dns;

import java.io.Serial;

/** Bytes that are no DNS message, or one that contradicts itself. */
final class BadMessageException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BadMessageException(String why) {
    super(why, null, false, false);
  }
}
