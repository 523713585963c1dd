package gonet.tls;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of keys or certificates is of no use: missing, empty, of another form, under another
 * password, for another key, expired. The message begins with the file.
 *
 * @since 0.1
 */
public final class TlsKeyException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final String file;

  TlsKeyException(Path file, String why, @Nullable Throwable cause) {
    super(file + ": " + why, cause);
    this.file = file.toString();
  }

  /** The file, as it was named. */
  public Path file() {
    return Path.of(file);
  }
}
