package gonet.frame;

import java.util.Arrays;

/** Searching in arrays. */
final class Bytes {
  private Bytes() {}

  /** Where {@code wanted} begins first, as a whole within from and to; −1 if nowhere. */
  static int indexOf(byte[] bytes, int from, int to, byte[] wanted) {
    byte first = wanted[0];
    int last = to - wanted.length;
    for (int at = from; at <= last; at++) {
      if (bytes[at] == first
          && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  /** How many of the last bytes before {@code to} may be the beginning of {@code wanted}. */
  static int overlap(byte[] bytes, int from, int to, byte[] wanted) {
    for (int n = Math.min(wanted.length - 1, to - from); n > 0; n--) {
      if (Arrays.equals(bytes, to - n, to, wanted, 0, n)) {
        return n;
      }
    }
    return 0;
  }
}
