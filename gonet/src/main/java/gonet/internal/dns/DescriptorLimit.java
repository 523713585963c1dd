package gonet.internal.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many descriptors the process may have: proc(5), {@code /proc/pid/limits}. */
public final class DescriptorLimit {
  /** What most systems give where nobody has said otherwise. */
  private static final int USUAL = 1024;

  private DescriptorLimit() {}

  /** The soft limit; the usual one where it cannot be read. */
  public static int soft() {
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc/self/limits"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
          return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Another system, or one without /proc.
    }
    return USUAL;
  }
}
