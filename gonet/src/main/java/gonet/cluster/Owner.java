package gonet.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Users: a hand-over is between processes of one, and root. */
final class Owner {
  private static final String UID = "unix:uid";

  private Owner() {}

  /** The effective user of this process. proc(5): its folder belongs to that one. */
  static long ofThisProcess() throws IOException {
    return of(Path.of("/proc/self"));
  }

  private static long of(Path path) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(path, UID));
  }

  static boolean isTrusted(long uid) throws IOException {
    return uid == 0 || uid == ofThisProcess();
  }

  /** Refuses a path that belongs to somebody else, who could answer there. */
  static void requireTrusted(Path path) throws IOException {
    long uid =
        Integer.toUnsignedLong((Integer) Files.getAttribute(path, UID, LinkOption.NOFOLLOW_LINKS));
    if (!isTrusted(uid)) {
      throw new HandOverException(path, "the path belongs to user " + uid, null);
    }
  }
}
