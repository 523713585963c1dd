package gonet.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A key pair in files that are replaced now and then, by whoever renews the certificate. {@link
 * #reload} reads them anew: later handshakes use what they hold then, and those under way and all
 * connections go on. Safe for any thread.
 *
 * {@snippet :
 * TlsKeyFiles files = TlsKeyFiles.pem(Path.of("server.pem"), Path.of("server.key"));
 * TlsConfig config = TlsConfig.builder().keyFiles(files).build();
 * ... // SIGHUP
 * try {
 *   files.reload();
 * } catch (TlsKeyException e) {
 *   ... // the former pair stays; e names the file
 * }
 * }
 *
 * @since 0.1
 */
public final class TlsKeyFiles implements KeySource {

  /** How the files are read. */
  private interface Reading {
    TlsKeyPair read() throws TlsKeyException;
  }

  private static final class Pem implements Reading {
    private final Path certificates;
    private final Path key;
    private final char @Nullable [] password;

    Pem(Path certificates, Path key, char @Nullable [] password) {
      this.certificates = certificates;
      this.key = key;
      this.password = password;
    }

    @Override
    public TlsKeyPair read() throws TlsKeyException {
      return KeyReader.pem(certificates, key, password);
    }

    @Override
    public String toString() {
      return certificates + ", " + key;
    }
  }

  private static final class Pkcs12 implements Reading {
    private final Path file;
    private final char[] password;

    Pkcs12(Path file, char[] password) {
      this.file = file;
      this.password = password;
    }

    @Override
    public TlsKeyPair read() throws TlsKeyException {
      return KeyReader.pkcs12(file, password);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  private final Reading reading;
  private volatile TlsKeyPair pair;

  private TlsKeyFiles(Reading reading) throws TlsKeyException {
    this.reading = reading;
    pair = reading.read();
  }

  /**
   * PEM files, read for the first time here: {@link TlsKeyPair#ofPem(Path, Path)}.
   *
   * @throws TlsKeyException as there
   */
  public static TlsKeyFiles pem(Path certificates, Path key) throws TlsKeyException {
    return new TlsKeyFiles(new Pem(certificates, key, null));
  }

  /**
   * The same with an encrypted key.
   *
   * @param password copied, and kept for {@link #reload}
   */
  public static TlsKeyFiles pem(Path certificates, Path key, char[] password)
      throws TlsKeyException {
    return new TlsKeyFiles(new Pem(certificates, key, password.clone()));
  }

  /**
   * A PKCS#12 file, read for the first time here: {@link TlsKeyPair#ofPkcs12}.
   *
   * @param password copied, and kept for {@link #reload}
   * @throws TlsKeyException as there
   */
  public static TlsKeyFiles pkcs12(Path file, char[] password) throws TlsKeyException {
    return new TlsKeyFiles(new Pkcs12(file, password.clone()));
  }

  /**
   * Reads the files anew.
   *
   * @throws TlsKeyException if they are of no use; the pair that was there stays in use
   */
  public synchronized void reload() throws TlsKeyException {
    pair = reading.read();
  }

  /** The pair in use. */
  @Override
  public TlsKeyPair keyPair() {
    return pair;
  }

  /** The files. */
  @Override
  public String toString() {
    return "TlsKeyFiles[" + reading + "]";
  }
}
