package gonet.examples.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What there is to be had, and under which path. Never changes; safe for any thread. */
public final class Site {
  static final byte[] TEXT = Response.ascii("text/plain; charset=utf-8");
  static final byte[] BINARY = Response.ascii("application/octet-stream");
  static final byte[] PLAINTEXT = Response.ascii("Hello, World!");

  private static final byte[] PLAINTEXT_PATH = Response.ascii("/plaintext");
  private static final byte[] ECHO_PATH = Response.ascii("/echo");
  private static final byte[] FILES_PATH = Response.ascii("/files/");

  private static final Map<String, byte[]> TYPES =
      Map.of(
          "txt", TEXT,
          "html", Response.ascii("text/html; charset=utf-8"),
          "css", Response.ascii("text/css; charset=utf-8"),
          "js", Response.ascii("text/javascript; charset=utf-8"),
          "json", Response.ascii("application/json"),
          "svg", Response.ascii("image/svg+xml"),
          "png", Response.ascii("image/png"),
          "jpg", Response.ascii("image/jpeg"));

  /** What a path leads to. */
  enum Place {
    PLAINTEXT,
    ECHO,
    FILES,
    NOWHERE
  }

  /** Without symbolic links. */
  private final @Nullable Path root;

  private Site(@Nullable Path root) {
    this.root = root;
  }

  /** One without files. */
  public static Site withoutFiles() {
    return new Site(null);
  }

  /**
   * One with the files below a directory.
   *
   * @throws IOException if there is no such directory
   */
  public static Site of(Path directory) throws IOException {
    Path root = directory.toRealPath();
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(directory.toString());
    }
    return new Site(root);
  }

  static Place place(byte[] buf, int from, int to) {
    if (Arrays.equals(PLAINTEXT_PATH, 0, PLAINTEXT_PATH.length, buf, from, to)) {
      return Place.PLAINTEXT;
    }
    if (Arrays.equals(ECHO_PATH, 0, ECHO_PATH.length, buf, from, to)) {
      return Place.ECHO;
    }
    int prefix = Math.min(to, from + FILES_PATH.length);
    return Arrays.equals(FILES_PATH, 0, FILES_PATH.length, buf, from, prefix)
        ? Place.FILES
        : Place.NOWHERE;
  }

  /**
   * The file that a path speaks of, or null: if there is none, if it is no regular file, and if it
   * lies outside of the directory, by dots or by a symbolic link.
   */
  @Nullable Path file(byte[] buf, int from, int to) {
    if (root == null) {
      return null;
    }
    String name = decode(buf, from + FILES_PATH.length, to);
    if (name == null) {
      return null;
    }
    try {
      Path file = root.resolve(name).toRealPath();
      return file.startsWith(root) && Files.isRegularFile(file) ? file : null;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }

  /** The name without its percent signs, or null if it is none that a file here may have. */
  private static @Nullable String decode(byte[] buf, int from, int to) {
    byte[] name = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      int b = buf[i];
      if (b == '%') {
        int high = i + 2 < to ? Character.digit(buf[i + 1], 16) : -1;
        int low = i + 2 < to ? Character.digit(buf[i + 2], 16) : -1;
        b = high < 0 || low < 0 ? 0 : high << 4 | low;
        i += 2;
        if (b == '/') {
          return null; // a slash that is written like this does not part two names
        }
      }
      if (b == 0 || b == '\\') {
        return null;
      }
      name[length++] = (byte) b;
    }
    String text = new String(name, 0, length, UTF_8);
    for (String part : text.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return null;
      }
    }
    return text;
  }

  static byte[] type(Path file) {
    String name = file.toString();
    return TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), BINARY);
  }
}
