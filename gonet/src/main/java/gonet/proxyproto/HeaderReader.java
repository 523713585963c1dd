package gonet.proxyproto;

import gonet.proxyproto.ProxyProtocolException.Reason;
import java.util.Arrays;

/**
 * Collects the bytes of one header and knows, at each moment, how many must still come at least. So
 * whoever reads takes not one byte of what follows, and holds none: a header of version 1, whose
 * length shows at its end only, comes in a few small reads. Not safe for several threads.
 *
 * <pre>
 *   nothing --15 bytes--> version 1: as many as the shortest end of the line has, again and again
 *      |                             until CR LF
 *      +----15 bytes--> version 2: 16, then as many as the header says
 *      |
 *      +--anything else--> ABSENT, with the first byte that cannot be
 * </pre>
 *
 * <p>A header is judged as a whole when it is complete. Before, only what would have a stranger
 * wait is looked at: whether it can be a header, and whether it can end within its limit.
 */
final class HeaderReader {

  /** The shortest header of all: {@code PROXY UNKNOWN} and its end. */
  private static final int MIN_BYTES = 15;

  private final int maxBytes;
  private byte[] bytes = new byte[BinaryHeader.PREFIX_BYTES];
  private int size;

  /**
   * For one header.
   *
   * @param maxBytes of version 2
   */
  HeaderReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Where the next bytes go, from {@link #size} on; has room for {@link #missing}. */
  byte[] bytes() {
    return bytes;
  }

  /** How many bytes have come. */
  int size() {
    return size;
  }

  /** So many have come. */
  void added(int n) {
    size += n;
  }

  /**
   * How many bytes must still come at least; 0 when the header is complete.
   *
   * @throws BadHeader if there will be no good one, whatever comes
   */
  int missing() throws BadHeader {
    requireBeginning();
    int missing;
    if (isText()) {
      missing = TextHeader.missing(bytes, size);
    } else {
      missing = BinaryHeader.missing(bytes, size, maxBytes);
    }
    if (missing > 0 && size < MIN_BYTES) {
      missing = Math.min(missing, MIN_BYTES - size);
    }
    if (bytes.length < size + missing) {
      bytes = Arrays.copyOf(bytes, Math.max(size + missing, isText() ? TextHeader.MAX_BYTES : 0));
    }
    return missing;
  }

  /** The header, when nothing is missing. */
  ProxyHeader header() throws BadHeader {
    return isText() ? TextHeader.parse(bytes, size) : BinaryHeader.parse(bytes, size);
  }

  private boolean isText() {
    return size > 0 && bytes[0] == TextHeader.BEGINNING[0];
  }

  private void requireBeginning() throws BadHeader {
    byte[] beginning = isText() ? TextHeader.BEGINNING : BinaryHeader.SIGNATURE;
    int known = Math.min(size, beginning.length);
    if (!Arrays.equals(bytes, 0, known, beginning, 0, known)) {
      throw BadHeader.of(
          Reason.ABSENT,
          "the stream begins with",
          Shown.bytes(bytes, size),
          "and not with a header");
    }
  }
}
