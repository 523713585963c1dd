package gonet.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Framings as values: what they refuse, and when they are equal. */
class FramingTest {

  @Test
  void badArgumentsAreRefusedWithTheirValue() {
    refuses("-1", () -> Lines.upTo(-1));
    refuses("2147483647", () -> Lines.upTo(Integer.MAX_VALUE));
    refuses("-7", () -> Delimited.by(new byte[1], -7));
    refuses("of 0 bytes", () -> Delimited.by(new byte[0], 10));
    refuses("of 257 bytes", () -> Delimited.by(new byte[257], 10));
    refuses("of 9 bytes", () -> LengthPrefixed.ofBytes(9, 10));
    refuses("16777216", () -> LengthPrefixed.ofBytes(3, 1 << 24));
    refuses("255", () -> LengthPrefixed.ofBytes(1, 255).withPrefixCounted(true));
    refuses("count itself", () -> LengthPrefixed.varint(9).withPrefixCounted(true));
    refuses("-1", () -> LengthField.at(-1, 2, 10));
    refuses("257", () -> LengthField.at(257, 2, 1000));
    refuses("of 9 bytes", () -> LengthField.at(0, 9, 10));
    refuses("maxBytes 3", () -> LengthField.at(2, 2, 3));
    refuses("of 0 bytes", () -> LengthPrefixed.ofBytes(0, 10));
    refuses("256", () -> LengthPrefixed.ofBytes(1, 256));
    refuses("65536", () -> LengthPrefixed.ofBytes(2, 65536));
    refuses("-1", () -> LengthPrefixed.ofBytes(8, -1));
    refuses("-1", () -> LengthPrefixed.varint(-1));
    refuses("little-endian", () -> LengthPrefixed.varint(9).withOrder(ByteOrder.BIG_ENDIAN));
    refuses("0", () -> FixedLength.of(0));
  }

  private static void refuses(String value, Executable body) {
    String message = assertThrows(IllegalArgumentException.class, body).getMessage();
    assertTrue(message.contains(value), message);
  }

  @Test
  void theLargestLimitsAreAccepted() {
    assertEquals(255, LengthPrefixed.ofBytes(1, 255).maxBytes());
    assertEquals(65535, LengthPrefixed.ofBytes(2, 65535).maxBytes());
    assertEquals(Framing.LARGEST, LengthPrefixed.ofBytes(4, Framing.LARGEST).maxBytes());
    assertEquals(Framing.LARGEST, Lines.upTo(Framing.LARGEST).maxBytes());
  }

  @Test
  void framingsAreEqualWhenAllOfThemIs() {
    List<Framing> all = distinct();
    List<Framing> again = distinct();
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        if (i == j) {
          assertEquals(all.get(i), again.get(j));
          assertEquals(all.get(i).hashCode(), again.get(j).hashCode());
          assertEquals(all.get(i).toString(), again.get(j).toString());
        } else {
          assertNotEquals(all.get(i), all.get(j));
        }
      }
    }
  }

  private static List<Framing> distinct() {
    return List.of(
        Lines.upTo(5),
        Lines.upTo(6),
        Lines.upTo(5).withCrlf(true),
        Lines.upTo(5).withOpenEnd(true),
        Delimited.by(new byte[] {1}, 5),
        Delimited.by(new byte[] {1}, 6),
        Delimited.by(new byte[] {2}, 5),
        Delimited.by(new byte[] {1}, 5).withOpenEnd(true),
        LengthPrefixed.ofBytes(4, 5),
        LengthPrefixed.ofBytes(4, 6),
        LengthPrefixed.ofBytes(8, 5),
        LengthPrefixed.ofBytes(4, 5).withOrder(ByteOrder.LITTLE_ENDIAN),
        LengthPrefixed.ofBytes(3, 5),
        LengthPrefixed.ofBytes(4, 5).withPrefixCounted(true),
        LengthPrefixed.varint(5),
        LengthField.at(1, 4, 5),
        LengthField.at(0, 4, 5),
        LengthField.at(1, 3, 5),
        LengthField.at(1, 4, 6),
        LengthField.at(1, 4, 5).withAdjustment(-4),
        LengthField.at(1, 4, 5).withOrder(ByteOrder.LITTLE_ENDIAN),
        FixedLength.of(5),
        FixedLength.of(6));
  }

  @Test
  void aLengthThatEndsInsideOfItsHeaderIsMalformed() {
    LengthField framing = LengthField.at(0, 2, 100).withAdjustment(-4);
    Cut cut = new Cut();
    assertEquals(Cut.Found.MALFORMED, framing.cut(new byte[] {0, 3, 0, 0}, 0, 4, cut));
    assertTrue(cut.why.contains("length 3"), cut.why);
    assertEquals(Cut.Found.FRAME, framing.cut(new byte[] {0, 4, 0, 0}, 0, 4, cut));
    assertEquals(2, cut.bodyBytes);
  }

  @Test
  void aDelimiterIsCopied() {
    byte[] delimiter = {1};
    Delimited framing = Delimited.by(delimiter, 5);
    delimiter[0] = 2;
    assertEquals(Delimited.by(new byte[] {1}, 5), framing);
  }

  @Test
  void whatWasSearchedForADelimiterIsNotSearchedAgain() {
    for (Framing framing : List.of(Lines.upTo(100), Delimited.by(new byte[] {'\n', '\n'}, 100))) {
      byte[] bytes = new byte[20];
      Cut cut = new Cut();
      assertEquals(Cut.Found.MORE, framing.cut(bytes, 2, 10, cut));
      // Only a look at bytes that were seen already would find these.
      Arrays.fill(bytes, 0, 10, (byte) '\n');
      assertEquals(Cut.Found.MORE, framing.cut(bytes, 2, 11, cut), framing.toString());
      Arrays.fill(bytes, 13, 15, (byte) '\n');
      assertEquals(Cut.Found.FRAME, framing.cut(bytes, 2, 18, cut), framing.toString());
      assertEquals(11, cut.bodyBytes);
    }
  }
}
