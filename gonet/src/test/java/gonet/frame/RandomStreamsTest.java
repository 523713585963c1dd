package gonet.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.FuzzSeeds;
import gonet.support.Proves;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams that nobody wrote down, against an oracle; a failure names its seed. */
class RandomStreamsTest {

  @Test
  void anyStreamOfAFewBytesGivesWhatAPlainSearchForItsDelimitersGives() throws IOException {
    for (long seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      byte[] delimiter = bytes(random, "ab", 1 + random.nextInt(4));
      byte[] stream = bytes(random, "abc", random.nextInt(40));
      int max = random.nextInt(8);
      boolean open = random.nextBoolean();
      TooLong tooLong = random.nextBoolean() ? TooLong.SKIP : TooLong.STOP;
      Framing framing = Delimited.by(delimiter, max).withOpenEnd(open);
      List<String> expected = Oracle.delimited(stream, tooLong, delimiter, max, open);
      assertEquals(expected, read(stream, random, framing, tooLong), "seed " + seed);
    }
  }

  @Test
  void anyStreamOfAFewBytesGivesWhatAPlainSearchForItsLineEndsGives() throws IOException {
    for (long seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      byte[] stream = bytes(random, "\r\nxy", random.nextInt(40));
      int max = random.nextInt(6);
      boolean open = random.nextBoolean();
      TooLong tooLong = random.nextBoolean() ? TooLong.SKIP : TooLong.STOP;
      Framing framing = Lines.upTo(max).withOpenEnd(open);
      List<String> expected = Oracle.lines(stream, tooLong, max, open);
      assertEquals(expected, read(stream, random, framing, tooLong), "seed " + seed);
    }
  }

  @Test
  void anyStreamOfAFewBytesGivesWhatBigIntegersMakeOfItsPrefixes() throws IOException {
    ByteOrder[] orders = {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN};
    for (long seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      int prefixBytes = 1 << random.nextInt(4);
      ByteOrder order = orders[random.nextInt(2)];
      byte[] stream = bytes(random, "\0\0\0\0\0\0\1\3\u00ff", random.nextInt(60));
      int max = random.nextInt(6);
      TooLong tooLong = random.nextBoolean() ? TooLong.SKIP : TooLong.STOP;
      Framing framing = LengthPrefixed.ofBytes(prefixBytes, max).withOrder(order);
      List<String> expected = Oracle.prefixed(stream, tooLong, prefixBytes, order, max);
      assertEquals(expected, read(stream, random, framing, tooLong), "seed " + seed);
    }
  }

  @Test
  void everyInputThatAFuzzerFoundWorthKeepingGivesWhatTheOracleGives() throws IOException {
    List<byte[]> inputs = FuzzSeeds.of(FrameFuzz.class);
    assertTrue(inputs.size() > 100, inputs.size() + " inputs");
    for (byte[] input : inputs) {
      FrameFuzz.fuzzerTestOneInput(input);
    }
  }

  @Test
  @Proves("A9")
  void whatAWriterWroteComesBackThroughAnyCuts() throws IOException {
    for (long seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      Framing framing = framing(random);
      List<byte[]> frames = new ArrayList<>();
      ScriptedConn out = new ScriptedConn(List.of());
      FrameWriter writer = framing.writer(out);
      for (int i = random.nextInt(20); i > 0; i--) {
        byte[] frame = frame(random, framing);
        try {
          writer.write(frame);
          frames.add(frame);
        } catch (MalformedFrameException e) {
          // Held the delimiter by chance.
        }
      }
      FrameReader reader =
          framing.reader(new ScriptedConn(pieces(out.written(), random, 1 << random.nextInt(15))));
      for (byte[] frame : frames) {
        assertArrayEquals(frame, patiently(reader), "seed " + seed);
      }
      assertNull(patiently(reader), "seed " + seed);
    }
  }

  private static byte[] patiently(FrameReader reader) throws IOException {
    while (true) {
      try {
        return reader.read();
      } catch (SocketTimeoutException e) {
        // Scripted.
      }
    }
  }

  private static Framing framing(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Lines.upTo(20_000);
      case 1 -> Lines.upTo(20_000).withCrlf(true);
      case 2 -> Delimited.by(bytes(random, "abc", 1 + random.nextInt(4)), 20_000);
      case 3 -> LengthPrefixed.varint(20_000);
      case 4 -> FixedLength.of(1 + random.nextInt(20_000));
      default -> LengthPrefixed.ofBytes(2 << random.nextInt(3), 20_000);
    };
  }

  private static byte[] frame(Random random, Framing framing) {
    int size = random.nextInt(1 << random.nextInt(15));
    boolean few = framing instanceof Delimited || random.nextBoolean();
    return bytes(
        random,
        few ? "abcdefgh" : "\0\1\2\u0080\u00ffxyz",
        framing instanceof FixedLength ? framing.maxBytes() : size);
  }

  private static byte[] bytes(Random random, String alphabet, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }
    return bytes;
  }

  private static List<String> read(byte[] stream, Random random, Framing framing, TooLong tooLong)
      throws IOException {
    return Outcomes.of(new ScriptedConn(pieces(stream, random, 8)), framing, tooLong);
  }

  /** The stream in pieces of up to {@code longest} bytes, with a deadline here and there. */
  private static List<byte[]> pieces(byte[] stream, Random random, int longest) {
    List<byte[]> pieces = new ArrayList<>();
    for (int from = 0; from < stream.length; ) {
      if (random.nextInt(4) == 0) {
        pieces.add(ScriptedConn.TIMEOUT);
      }
      int to = Math.min(stream.length, from + 1 + random.nextInt(longest));
      pieces.add(Arrays.copyOfRange(stream, from, to));
      from = to;
    }
    return pieces;
  }
}
