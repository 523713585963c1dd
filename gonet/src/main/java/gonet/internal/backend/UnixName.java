package gonet.internal.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The name of a Unix socket: {@code sun_path} of {@code struct sockaddr_un} (unix(7)).
 *
 * @param text a path; {@code @} and an abstract name; or nothing, for a socket without a name
 */
public record UnixName(String text) {
  /** {@code sizeof sun_path}. The kernel does without a NUL behind an abstract name. */
  public static final int MAX_ABSTRACT_BYTES = 108;

  /** A path has a NUL behind it. */
  public static final int MAX_PATH_BYTES = MAX_ABSTRACT_BYTES - 1;

  public static final UnixName UNNAMED = new UnixName("");

  private static final char ABSTRACT = '@';

  /** The name behind a {@code sun_path} of this content, without the NUL that ends a path. */
  public static UnixName ofBytes(byte[] path) {
    if (path.length == 0) {
      return UNNAMED;
    }
    return new UnixName(
        path[0] == 0
            ? ABSTRACT + new String(path, 1, path.length - 1, UTF_8)
            : new String(path, UTF_8));
  }

  /** The content of {@code sun_path}, without the NUL that ends a path. */
  public byte[] bytes() {
    byte[] bytes = text.getBytes(UTF_8);
    if (isAbstract()) {
      bytes[0] = 0;
    }
    return bytes;
  }

  /** Whether no file stands for it, but a name of the network namespace. */
  public boolean isAbstract() {
    return !text.isEmpty() && text.charAt(0) == ABSTRACT;
  }

  /** Whether a file stands for it. */
  public boolean isPath() {
    return !text.isEmpty() && !isAbstract();
  }

  @Override
  public String toString() {
    return text;
  }
}
