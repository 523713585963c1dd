package gonet.test.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The descriptors of this process, as Linux shows them in /proc (proc(5)). */
public final class ProcFd {
  private ProcFd() {}

  /** The number of the descriptor that is open for exactly this, such as a file's path. */
  public static int of(String target) throws IOException {
    return find(target, true);
  }

  /** The number of one whose target begins so, such as {@code pipe:}. */
  public static int ofKind(String prefix) throws IOException {
    return find(prefix, false);
  }

  private static int find(String wanted, boolean whole) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      int found = -1;
      for (Path entry : entries) {
        String target = target(entry);
        if (whole ? target.equals(wanted) : target.startsWith(wanted)) {
          // The youngest: standard streams may be of the same kind.
          found = Math.max(found, Integer.parseInt(entry.getFileName().toString()));
        }
      }
      if (found < 0) {
        throw new IOException("no descriptor for " + wanted);
      }
      return found;
    }
  }

  private static String target(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** The flags of open(2) and O_CLOEXEC, −1 if the number is not open. */
  public static int flags(int fd) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))) {
        if (line.startsWith("flags:")) {
          return Integer.parseInt(line.substring("flags:".length()).strip(), 8);
        }
      }
      return -1;
    } catch (IOException notOpen) {
      return -1;
    }
  }
}
