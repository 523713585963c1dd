package gonet.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames do not depend on where the network cut the stream, nor on deadlines in between. */
class CorpusTest {
  /** Below, all 2^(n-1) ways to cut; above, all ways with two cuts and some at random. */
  private static final int ALL_CUTS_BYTES = 11;

  static List<Named<Corpus.Case>> cases() throws IOException {
    return Corpus.cases();
  }

  @ParameterizedTest
  @Proves({"jvm-frame-length", "jvm-frame-delimiter", "A9", "C6", "C7", "C8"})
  @MethodSource("cases")
  void everySplitOfAStreamGivesTheSameFrames(Corpus.Case c) throws IOException {
    byte[] stream = c.stream();
    int n = stream.length;
    check(c, stream, new int[0]);
    if (n <= ALL_CUTS_BYTES) {
      for (int set = 0; set < 1 << Math.max(0, n - 1); set++) {
        check(c, stream, cuts(set));
      }
      return;
    }
    for (int a = 1; a < n; a++) {
      for (int b = a; b < n; b++) {
        check(c, stream, new int[] {a, b});
      }
    }
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      check(c, stream, random.ints(random.nextInt(n), 1, n).sorted().toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aDeadlineBetweenAnyTwoBytesLosesNothing(Corpus.Case c) throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(ScriptedConn.TIMEOUT);
    for (byte b : c.stream()) {
      pieces.add(new byte[] {b});
      pieces.add(ScriptedConn.TIMEOUT);
    }
    assertEquals(c.outcomes(), Outcomes.of(new ScriptedConn(pieces), c.framing(), c.tooLong()));
  }

  private static void check(Corpus.Case c, byte[] stream, int[] cuts) throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    for (int cut : cuts) {
      if (cut > from) {
        pieces.add(Arrays.copyOfRange(stream, from, cut));
        from = cut;
      }
    }
    if (from < stream.length) {
      pieces.add(Arrays.copyOfRange(stream, from, stream.length));
    }
    List<String> outcomes = Outcomes.of(new ScriptedConn(pieces), c.framing(), c.tooLong());
    // Not assertEquals with a supplier alone: the text is costly, and there are many rounds.
    if (!outcomes.equals(c.outcomes())) {
      assertEquals(c.outcomes(), outcomes, "cut at " + Arrays.toString(cuts));
    }
  }

  private static int[] cuts(int set) {
    int[] cuts = new int[Integer.bitCount(set)];
    int i = 0;
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((set >> bit & 1) != 0) {
        cuts[i++] = bit + 1;
      }
    }
    return cuts;
  }
}
