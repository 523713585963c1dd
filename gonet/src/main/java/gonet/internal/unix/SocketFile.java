package gonet.internal.unix;

import gonet.internal.backend.UnixName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket, as it is now. Another one that takes its path later is told apart by
 * device, inode and time: inodes are given out again, and a connect does not touch the time.
 *
 * @param key device and inode; null where the file system has none
 */
public record SocketFile(Path path, @Nullable Object key, FileTime made) {
  private static final int FILE_TYPE = 0xF000;
  private static final int SOCKET = 0xC000;

  /** The file behind a name; null if there is none, or none of a socket. */
  public static @Nullable SocketFile of(UnixName name) {
    if (!name.isPath()) {
      return null;
    }
    try {
      Path path = Path.of(name.text());
      BasicFileAttributes now = attributes(path);
      return isSocket(path, now)
          ? new SocketFile(path, now.fileKey(), now.lastModifiedTime())
          : null;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }

  /** Sets who may connect: a file's write permission is asked for. */
  public void permissions(Set<PosixFilePermission> permissions) throws IOException {
    Files.setPosixFilePermissions(path, permissions);
  }

  /**
   * Removes the file, unless another one stands in its place by now.
   *
   * @return whether the path is free
   */
  public boolean remove() {
    try {
      BasicFileAttributes now = attributes(path);
      return Objects.equals(key, now.fileKey())
          && made.equals(now.lastModifiedTime())
          && Files.deleteIfExists(path);
    } catch (IOException e) {
      return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isSocket(Path path, BasicFileAttributes attributes) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return attributes.isOther();
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }
}
