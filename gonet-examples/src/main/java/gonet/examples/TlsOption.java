package gonet.examples;

import gonet.ConnLayer;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsKeyException;
import gonet.tls.TlsKeyFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of a program, and what {@code --tls CERT.pem KEY.pem} among them says: that clients
 * speak TLS. Given several times, the name that a client asks for chooses the pair. A SIGHUP reads
 * the files anew; connections go on.
 *
 * @param rest the other arguments
 * @param keys none without the option
 */
record TlsOption(List<String> rest, List<TlsKeyFiles> keys) {
  /** How usages describe it. */
  static final String USAGE = "[--tls CERT.pem KEY.pem]...";

  private static final String FLAG = "--tls";

  /** Ends the program with a message if a file is of no use. */
  static TlsOption parse(String... args) {
    List<String> rest = new ArrayList<>();
    List<TlsKeyFiles> keys = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].equals(FLAG)) {
        rest.add(args[i]);
        continue;
      }
      if (i + 2 >= args.length) {
        Program.fail("usage: " + USAGE);
      }
      try {
        keys.add(TlsKeyFiles.pem(Path.of(args[i + 1]), Path.of(args[i + 2])));
      } catch (TlsKeyException | InvalidPathException e) {
        Program.fail("tls: " + e.getMessage());
      }
      i += 2;
    }
    return new TlsOption(rest, keys);
  }

  /**
   * What stands over each connection: TLS, or nothing.
   *
   * @param protocols for ALPN
   */
  ConnLayer[] layers(String... protocols) {
    if (keys.isEmpty()) {
      return new ConnLayer[0];
    }
    TlsConfig.Builder builder = TlsConfig.builder().alpn(protocols);
    for (TlsKeyFiles files : keys) {
      var _ = builder.keyFiles(files);
    }
    TlsConfig config = builder.build();
    Hangup.handle(() -> reload(config));
    return new ConnLayer[] {Tls.serverLayer(config)};
  }

  private static void reload(TlsConfig config) {
    try {
      config.reload();
      System.out.println("keys read anew");
    } catch (TlsKeyException e) {
      System.out.println("keys as before: " + e.getMessage());
      for (Throwable other : e.getSuppressed()) {
        System.out.println("keys as before: " + other.getMessage());
      }
    }
  }
}
