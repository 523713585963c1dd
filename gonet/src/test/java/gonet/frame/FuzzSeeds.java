package gonet.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The inputs that the repository keeps for {@link FrameFuzz}, and a program that unpacks them. */
public final class FuzzSeeds {
  private FuzzSeeds() {}

  static List<byte[]> all() throws IOException {
    try (InputStream in = FuzzSeeds.class.getResourceAsStream("corpus/fuzz.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(HexFormat.of()::parseHex)
          .toList();
    }
  }

  /** Writes each into a file of its own below the folder that the argument names. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    List<byte[]> all = all();
    for (int i = 0; i < all.size(); i++) {
      Files.write(folder.resolve("seed-" + i), all.get(i));
    }
  }
}
