package gonet.support;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The inputs that the repository keeps for a fuzzer's target, in {@code corpus/fuzz.txt} beside it,
 * and a program that unpacks them.
 */
public final class FuzzSeeds {
  private FuzzSeeds() {}

  /** All of them. */
  public static List<byte[]> of(Class<?> target) throws IOException {
    try (InputStream in = target.getResourceAsStream("corpus/fuzz.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(HexFormat.of()::parseHex)
          .toList();
    }
  }

  /** Writes each of those of a class into a file of its own below a folder. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[1]));
    List<byte[]> all = of(Class.forName(args[0]));
    for (int i = 0; i < all.size(); i++) {
      Files.write(folder.resolve("seed-" + i), all.get(i));
    }
  }
}
