package gonet.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * As much of DER (X.690) as the forms of private keys need: to look for an object identifier, and
 * to put an older form into PKCS#8. Stateless.
 */
final class Der {
  static final int SEQUENCE = 0x30;
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int CONTEXT_0 = 0xa0;

  private Der() {}

  /** Reads elements one after the other. Not safe for several threads. */
  static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes) {
      this(bytes, 0, bytes.length);
    }

    private Reader(byte[] bytes, int at, int end) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    boolean hasNext() {
      return at < end;
    }

    /** The tag of the next element; −1 at the end. */
    int peek() {
      return at < end ? bytes[at] & 0xff : -1;
    }

    /**
     * The content of the next element.
     *
     * @throws IllegalArgumentException if it has another tag, or is cut off
     */
    Reader next(int tag) {
      if (peek() != tag) {
        throw new IllegalArgumentException(
            "DER element 0x" + Integer.toHexString(peek()) + ", not 0x" + Integer.toHexString(tag));
      }
      at++;
      int length = length();
      if (length > end - at) {
        throw new IllegalArgumentException("DER element is cut off");
      }
      Reader content = new Reader(bytes, at, at + length);
      at += length;
      return content;
    }

    byte[] bytes() {
      return Arrays.copyOfRange(bytes, at, end);
    }

    private int length() {
      int first = octet();
      if (first < 0x80) {
        return first;
      }
      int octets = first & 0x7f;
      if (octets == 0 || octets > 3) {
        throw new IllegalArgumentException("DER length of " + octets + " octets");
      }
      int length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | octet();
      }
      return length;
    }

    private int octet() {
      if (at >= end) {
        throw new IllegalArgumentException("DER element is cut off");
      }
      return bytes[at++] & 0xff;
    }
  }

  /** An element with this content. */
  static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (length < 0x80) {
      all.write(length);
    } else {
      int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
      all.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        all.write(length >>> (8 * i));
      }
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }
}
