package gonet.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Frames behind their length: an unsigned integer of 1 to 8 bytes in either byte order, or a
 * varint. The length counts the frame without the prefix, or {@linkplain #withPrefixCounted with
 * it}. Where something else stands before the length, or between it and what it counts, {@link
 * LengthField} is the framing.
 *
 * <p>A varint is that of Protocol Buffers and of Go's {@code encoding/binary}: seven bits to a
 * byte, the lowest first, the high bit set in all but the last. As there, superfluous zeros at the
 * end are accepted, up to ten bytes; a value above 64 bits is a {@link MalformedFrameException}.
 *
 * @since 0.1
 */
public final class LengthPrefixed extends Framing {
  private static final int VARINT = 0;
  private static final int MAX_VARINT_BYTES = 10;

  /** 1 to 8, or {@link #VARINT}. */
  private final int prefixBytes;

  private final ByteOrder order;

  /** The length counts its own bytes as well. */
  private final boolean prefixCounted;

  private LengthPrefixed(int prefixBytes, ByteOrder order, boolean prefixCounted, int maxBytes) {
    super(maxBytes);
    this.prefixBytes = prefixBytes;
    this.order = order;
    this.prefixCounted = prefixCounted;
  }

  /**
   * Frames of at most {@code maxBytes} behind a prefix of {@code prefixBytes}, the highest byte
   * first.
   *
   * @throws IllegalArgumentException if {@code prefixBytes} is not within 1 to 8, or {@code
   *     maxBytes} is negative, close to 2 GiB or more than the prefix can say
   */
  public static LengthPrefixed ofBytes(int prefixBytes, int maxBytes) {
    if (prefixBytes < 1 || prefixBytes > Long.BYTES) {
      throw new IllegalArgumentException("prefix of " + prefixBytes + " bytes, not of 1 to 8");
    }
    requireMaxBytes(maxBytes, 0);
    requireSayable(maxBytes, prefixBytes, maxBytes);
    return new LengthPrefixed(prefixBytes, ByteOrder.BIG_ENDIAN, false, maxBytes);
  }

  /**
   * Frames of at most {@code maxBytes} behind a varint.
   *
   * @throws IllegalArgumentException if {@code maxBytes} is negative or close to 2 GiB
   */
  public static LengthPrefixed varint(int maxBytes) {
    return new LengthPrefixed(VARINT, ByteOrder.LITTLE_ENDIAN, false, requireMaxBytes(maxBytes, 0));
  }

  private static void requireSayable(long length, int prefixBytes, int maxBytes) {
    if (prefixBytes < Integer.BYTES && length >= 1L << 8 * prefixBytes) {
      throw new IllegalArgumentException(
          "maxBytes " + maxBytes + " is more than a prefix of " + prefixBytes + " bytes can say");
    }
  }

  /**
   * The same with another order of the prefix' bytes.
   *
   * @throws IllegalArgumentException for a varint in big-endian order, which does not exist
   */
  public LengthPrefixed withOrder(ByteOrder newOrder) {
    if (prefixBytes == VARINT && newOrder.equals(ByteOrder.BIG_ENDIAN)) {
      throw new IllegalArgumentException("a varint is little-endian");
    }
    return new LengthPrefixed(prefixBytes, newOrder, prefixCounted, maxBytes());
  }

  /**
   * The same with a length that counts its own bytes as well, or does not, the default. A length
   * below the prefix' own is a {@link MalformedFrameException} then.
   *
   * @throws IllegalArgumentException for a varint, whose own length depends on what it says; or if
   *     {@link #maxBytes} and the prefix are more than the prefix can say
   */
  public LengthPrefixed withPrefixCounted(boolean on) {
    if (on && prefixBytes == VARINT) {
      throw new IllegalArgumentException("a varint does not count itself");
    }
    if (on) {
      requireSayable((long) maxBytes() + prefixBytes, prefixBytes, maxBytes());
    }
    return new LengthPrefixed(prefixBytes, order, on, maxBytes());
  }

  @Override
  Cut.Found cut(byte[] bytes, int start, int held, Cut cut) {
    if (prefixBytes == VARINT) {
      return cutVarint(bytes, start, held, cut);
    }
    if (held < prefixBytes) {
      return cut.more(prefixBytes);
    }
    long announced = number(bytes, start, prefixBytes, order);
    if (prefixCounted && announced >= 0) {
      announced -= prefixBytes;
      if (announced < 0) {
        return cut.malformed("length " + (announced + prefixBytes) + " below that of the prefix");
      }
    }
    return cutBody(prefixBytes, announced, held, cut);
  }

  /** An unsigned number; negative for one above {@code Long.MAX_VALUE}. */
  static long number(byte[] bytes, int start, int size, ByteOrder order) {
    long number = 0;
    for (int i = 0; i < size; i++) {
      int at = order.equals(ByteOrder.BIG_ENDIAN) ? i : size - 1 - i;
      number = number << 8 | bytes[start + at] & 0xff;
    }
    return number;
  }

  private Cut.Found cutVarint(byte[] bytes, int start, int held, Cut cut) {
    long announced = 0;
    for (int i = 0; i < Math.min(held, MAX_VARINT_BYTES); i++) {
      byte b = bytes[start + i];
      if (i == MAX_VARINT_BYTES - 1 && (b & 0xff) > 1) {
        return cut.malformed("varint above 64 bits");
      }
      announced |= (b & 0x7fL) << 7 * i;
      if (b >= 0) {
        return cutBody(i + 1, announced, held, cut);
      }
    }
    return cut.more(MAX_VARINT_BYTES);
  }

  /**
   * @param announced unsigned
   */
  private Cut.Found cutBody(int head, long announced, int held, Cut cut) {
    if (announced < 0 || announced > maxBytes()) {
      return cut.tooLong(head, announced < 0 ? Long.MAX_VALUE : announced);
    }
    int size = (int) announced;
    return held - head >= size ? cut.frame(head, size, 0) : cut.moreOf(head + size);
  }

  @Override
  String objection(ByteBuffer frame) {
    return "";
  }

  @Override
  byte[] head(int size) {
    if (prefixBytes != VARINT) {
      byte[] head = new byte[prefixBytes];
      long length = prefixCounted ? (long) size + prefixBytes : size;
      for (int i = 0; i < prefixBytes; i++) {
        int at = order.equals(ByteOrder.BIG_ENDIAN) ? prefixBytes - 1 - i : i;
        head[at] = (byte) (length >> 8 * i);
      }
      return head;
    }
    byte[] head = new byte[Math.max(1, (38 - Integer.numberOfLeadingZeros(size)) / 7)];
    int rest = size;
    for (int i = 0; i < head.length - 1; i++) {
      head[i] = (byte) (rest | 0x80);
      rest >>= 7;
    }
    head[head.length - 1] = (byte) rest;
    return head;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LengthPrefixed that
        && maxBytes() == that.maxBytes()
        && prefixBytes == that.prefixBytes
        && prefixCounted == that.prefixCounted
        && order.equals(that.order);
  }

  @Override
  public int hashCode() {
    return ((maxBytes() * 16 + prefixBytes) * 2 + (order.equals(ByteOrder.BIG_ENDIAN) ? 1 : 0)) * 2
        + (prefixCounted ? 1 : 0);
  }

  @Override
  public String toString() {
    String prefix =
        prefixBytes == VARINT
            ? "a varint"
            : prefixBytes + " bytes, " + order + (prefixCounted ? ", counting itself" : "");
    return "frames up to " + maxBytes() + " bytes behind their length (" + prefix + ")";
  }
}
