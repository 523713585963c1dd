package gonet.examples;

import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP/1.1: {@code GET /plaintext} is answered with a greeting, {@code POST /echo} with the
 * body it came with, {@code GET /files/NAME} with a file.
 *
 * <p>Arguments: the address to listen on and, if there are to be files, their directory. Try it
 * with {@code curl http://localhost:PORT/plaintext}; Ctrl-C stops it.
 *
 * <p>Read next: {@link HttpSession}.
 */
public final class HttpServer {
  private HttpServer() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    if (args.length < 1 || args.length > 2) {
      Program.fail("usage: HttpServer LISTEN [DIR]    (" + Place.USAGE + "; and a directory)");
    }
    Site site = site(args.length == 2 ? args[1] : null);
    Limits limits = Limits.defaults();
    Program.serve("http", args[0], conn -> HttpSession.serve(conn, site, limits));
  }

  private static Site site(@Nullable String directory) {
    if (directory != null) {
      try {
        return Site.of(Path.of(directory));
      } catch (IOException | InvalidPathException e) {
        Program.fail("no directory: " + directory);
      }
    }
    return Site.withoutFiles();
  }
}
