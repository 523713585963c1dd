package gonet.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Messages with a length somewhere in their header. A frame is the whole message, header and all:
 * what stands around the length belongs to it. The length is an unsigned integer of 1 to 8 bytes at
 * an offset; it counts what stands behind it, plus or minus an adjustment.
 *
 * <pre>{@code
 * LengthField.at(1, 4, 1 << 20).withAdjustment(-4)   // PostgreSQL: a type, a length that counts itself
 * LengthField.at(0, 3, 1 << 14).withAdjustment(6)    // HTTP/2: a length, six bytes more, the payload
 * LengthField.at(2, 2, 65_539)                       // SOCKS and others: two bytes, a length, the body
 * }</pre>
 *
 * <p>The writer checks that a message says its own length, and changes nothing.
 *
 * @since 0.1
 */
public final class LengthField extends Framing {
  private static final int MAX_OFFSET = 256;

  private final int offset;
  private final int lengthBytes;
  private final ByteOrder order;

  /** What follows the length has as many bytes as the length says and these. */
  private final int adjustment;

  private LengthField(int offset, int lengthBytes, ByteOrder order, int adjustment, int maxBytes) {
    super(maxBytes);
    this.offset = offset;
    this.lengthBytes = lengthBytes;
    this.order = order;
    this.adjustment = adjustment;
  }

  /**
   * Messages of at most {@code maxBytes}, header included, whose length stands at {@code offset},
   * the highest byte first, and counts what stands behind it.
   *
   * @param offset bytes before the length, 0 to 256
   * @throws IllegalArgumentException if {@code offset} or {@code lengthBytes} is out of range, or
   *     {@code maxBytes} is close to 2 GiB or less than a header
   */
  public static LengthField at(int offset, int lengthBytes, int maxBytes) {
    if (offset < 0 || offset > MAX_OFFSET) {
      throw new IllegalArgumentException(
          "offset of a length is " + offset + ", not within 0 to " + MAX_OFFSET);
    }
    if (lengthBytes < 1 || lengthBytes > Long.BYTES) {
      throw new IllegalArgumentException("length of " + lengthBytes + " bytes, not of 1 to 8");
    }
    requireMaxBytes(maxBytes, offset + lengthBytes);
    return new LengthField(offset, lengthBytes, ByteOrder.BIG_ENDIAN, 0, maxBytes);
  }

  /** The same with another order of the length's bytes. */
  public LengthField withOrder(ByteOrder newOrder) {
    return new LengthField(offset, lengthBytes, newOrder, adjustment, maxBytes());
  }

  /**
   * The same with a length that counts less than what stands behind it, or more: as many bytes
   * stand there as the length says, plus {@code bytes}. Negative where the length counts itself, or
   * what stands before it.
   */
  public LengthField withAdjustment(int bytes) {
    return new LengthField(offset, lengthBytes, order, bytes, maxBytes());
  }

  private int headerBytes() {
    return offset + lengthBytes;
  }

  @Override
  Cut.Found cut(byte[] bytes, int start, int held, Cut cut) {
    if (held < headerBytes()) {
      return cut.more(headerBytes());
    }
    long announced = LengthPrefixed.number(bytes, start + offset, lengthBytes, order);
    if (announced < 0 || announced > Long.MAX_VALUE / 2) {
      return cut.tooLong(0, Long.MAX_VALUE);
    }
    long whole = headerBytes() + announced + adjustment;
    if (whole < headerBytes()) {
      return cut.malformed("length " + announced + " below what the header has");
    }
    if (whole > maxBytes()) {
      return cut.tooLong(0, whole);
    }
    return held >= whole ? cut.frame(0, (int) whole, 0) : cut.moreOf((int) whole);
  }

  @Override
  String objection(ByteBuffer frame) {
    int size = frame.remaining();
    if (size < headerBytes()) {
      return size + " bytes, where a header has " + headerBytes();
    }
    byte[] length = new byte[lengthBytes];
    frame.get(frame.position() + offset, length);
    long announced = LengthPrefixed.number(length, 0, lengthBytes, order);
    long right = (long) size - headerBytes() - adjustment;
    return announced == right
        ? ""
        : "a message that says length "
            + Long.toUnsignedString(announced)
            + ", where "
            + right
            + " is right";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LengthField that
        && maxBytes() == that.maxBytes()
        && offset == that.offset
        && lengthBytes == that.lengthBytes
        && adjustment == that.adjustment
        && order.equals(that.order);
  }

  @Override
  public int hashCode() {
    return (((maxBytes() * 31 + offset) * 31 + lengthBytes) * 31 + adjustment) * 2
        + (order.equals(ByteOrder.BIG_ENDIAN) ? 1 : 0);
  }

  @Override
  public String toString() {
    return "messages up to "
        + maxBytes()
        + " bytes with a length of "
        + lengthBytes
        + " bytes at "
        + offset
        + ", "
        + order
        + (adjustment == 0 ? "" : ", adjusted by " + adjustment);
  }
}
