package gonet.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Named;

/**
 * The streams that the repository keeps, each with a framing and with what must come out. A block
 * of lines is a case:
 *
 * <pre>
 * lines 10 skip
 * &lt; ab\x0a
 * &gt; frame "ab"
 * &gt; end
 * </pre>
 *
 * <p>Several lines with {@code <} are one stream. What does not belong to a block begins with #.
 */
final class Corpus {

  record Case(Framing framing, TooLong tooLong, String quotedStream, List<String> outcomes) {
    byte[] stream() {
      return Outcomes.unquote(quotedStream);
    }
  }

  private static final List<String> FILES =
      List.of("lines", "delimited", "length-prefixed", "varint", "fixed-length");

  private Corpus() {}

  static List<Named<Case>> cases() throws IOException {
    List<Named<Case>> cases = new ArrayList<>();
    for (String file : FILES) {
      for (String block : text(file + ".txt").split("\n\n+")) {
        List<String> lines = block.lines().filter(line -> !line.startsWith("#")).toList();
        if (!lines.isEmpty()) {
          cases.add(Named.of(file + ": " + String.join(" ", lines), parse(lines)));
        }
      }
    }
    return cases;
  }

  private static String text(String file) throws IOException {
    try (InputStream in = Corpus.class.getResourceAsStream("corpus/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), US_ASCII);
    }
  }

  private static Case parse(List<String> lines) {
    List<String> words = new ArrayList<>(Arrays.asList(lines.getFirst().split(" ")));
    TooLong tooLong = words.remove("skip") ? TooLong.SKIP : TooLong.STOP;
    return new Case(
        framing(words), tooLong, String.join("", marked(lines, '<')), marked(lines, '>'));
  }

  private static List<String> marked(List<String> lines, char mark) {
    return lines.stream()
        .filter(line -> line.charAt(0) == mark)
        .map(line -> line.substring(2))
        .toList();
  }

  /**
   * {@code lines MAX [open]}, {@code delimited BYTES MAX [open]}, {@code prefix SIZE le|be MAX} …
   */
  static Framing framing(List<String> words) {
    boolean open = words.getLast().equals("open");
    return switch (words.getFirst()) {
      case "lines" -> Lines.upTo(number(words, 1)).withOpenEnd(open);
      case "delimited" ->
          Delimited.by(Outcomes.unquote(words.get(1)), number(words, 2)).withOpenEnd(open);
      case "prefix" ->
          LengthPrefixed.ofBytes(number(words, 1), number(words, 3))
              .withOrder(
                  words.get(2).equals("be") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      case "varint" -> LengthPrefixed.varint(number(words, 1));
      case "fixed" -> FixedLength.of(number(words, 1));
      default -> throw new AssertionError(words.toString());
    };
  }

  private static int number(List<String> words, int at) {
    return Integer.parseInt(words.get(at));
  }
}
