package gonet.examples;

import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP/1.1: {@code GET /plaintext} is answered with a greeting, {@code POST /echo} with the
 * body it came with, {@code GET /files/NAME} with a file.
 *
 * <p>Arguments: the address to listen on, if there are to be files their directory, a {@link
 * TlsOption} and an {@link AdminOption}. Try it with {@code curl http://localhost:PORT/plaintext},
 * or {@code curl --cacert cert.pem https://localhost:PORT/plaintext}; Ctrl-C stops it.
 *
 * <p>Read next: {@link HttpSession}.
 */
public final class HttpServer {
  private HttpServer() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    AdminOption admin = AdminOption.parse(args);
    TlsOption option = TlsOption.parse(admin.others());
    List<String> rest = option.rest();
    if (rest.isEmpty() || rest.size() > 2) {
      Program.fail(
          "usage: HttpServer LISTEN [DIR] "
              + TlsOption.USAGE
              + " "
              + AdminOption.USAGE
              + "    ("
              + Place.USAGE
              + "; and a directory)");
    }
    Site site = site(rest.size() == 2 ? rest.get(1) : null);
    Limits limits = Limits.defaults();
    Program.serve(
        "http",
        rest.getFirst(),
        admin,
        conn -> HttpSession.serve(conn, site, limits),
        option.layers("http/1.1"));
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
