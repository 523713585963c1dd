package gonet.frame;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a fuzzer calls, see docs/testing.md: an input is a framing, a way to cut and a stream, and
 * the reader must make of it what the oracle makes of the whole.
 */
public final class FrameFuzz {
  private static final byte[][] DELIMITERS = {
    {0}, {'\r', '\n'}, {'a', 'a'}, {'a', 'b', 'a', 'b'}, {'a', 'a', 'b'}
  };

  private FrameFuzz() {}

  /** The fuzzer's entry. An AssertionError is a finding, as is every exception. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length < 3) {
      return;
    }
    int max = input[1] & 0x1f;
    byte[] stream = Arrays.copyOfRange(input, 3, input.length);
    TooLong tooLong = input[1] < 0 ? TooLong.SKIP : TooLong.STOP;
    boolean open = (input[1] & 0x40) != 0;
    ByteOrder order = open ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    int kind = (input[0] & 0xff) % 13;
    Framing framing;
    List<String> expected;
    if (kind < 5) {
      byte[] delimiter = DELIMITERS[kind];
      framing = Delimited.by(delimiter, max).withOpenEnd(open);
      expected = Oracle.delimited(stream, tooLong, delimiter, max, open);
    } else if (kind < 9) {
      int prefixBytes = 1 << kind - 5;
      framing = LengthPrefixed.ofBytes(prefixBytes, max).withOrder(order);
      expected = Oracle.prefixed(stream, tooLong, prefixBytes, order, max);
    } else if (kind == 9) {
      framing = Lines.upTo(max).withOpenEnd(open);
      expected = Oracle.lines(stream, tooLong, max, open);
    } else if (kind == 11) {
      framing = LengthPrefixed.ofBytes(3, max).withOrder(order);
      expected = Oracle.prefixed(stream, tooLong, 3, order, max);
    } else if (kind == 12) {
      int offset = max % 3;
      int adjustment = open ? -1 - offset : 2;
      framing = LengthField.at(offset, 1, Math.max(max, 3)).withAdjustment(adjustment);
      expected = Oracle.field(stream, tooLong, offset, adjustment, Math.max(max, 3));
    } else {
      framing = LengthPrefixed.varint(max);
      // The oracle knows no varints; that cuts make no difference is held all the same.
      expected = Outcomes.of(new ScriptedConn(List.of(stream)), framing, tooLong);
    }
    List<String> actual = Outcomes.of(new ScriptedConn(cut(stream, input[2])), framing, tooLong);
    if (!actual.equals(expected)) {
      throw new AssertionError(framing + ": expected " + expected + ", but got " + actual);
    }
  }

  /** In pieces of 1 to 8 bytes by the low bits, with deadlines between them by the others. */
  private static List<byte[]> cut(byte[] stream, byte how) {
    List<byte[]> pieces = new ArrayList<>();
    int longest = 1 + (how & 7);
    for (int from = 0; from < stream.length; ) {
      if ((how >> 3 + pieces.size() % 5 & 1) != 0) {
        pieces.add(ScriptedConn.TIMEOUT);
      }
      int to = Math.min(stream.length, from + 1 + (from * 7 + how & 0xff) % longest);
      pieces.add(Arrays.copyOfRange(stream, from, to));
      from = to;
    }
    return pieces;
  }
}
