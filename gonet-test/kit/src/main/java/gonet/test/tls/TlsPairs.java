package gonet.test.tls;

import gonet.Conn;
import gonet.Net;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;

/** Pairs under TLS over any pairs, with their handshakes behind them. Safe for any thread. */
public final class TlsPairs {
  private static final TestKeys KEYS = TestKeys.selfSigned("localhost");

  private TlsPairs() {}

  /** The JDK's own TLS with the key of {@link #server}, which it trusts as well. */
  public static SSLContext sslContext() {
    return KEYS.sslContext();
  }

  /** The key of {@link #server}. */
  public static TestKeys keys() {
    return KEYS;
  }

  /** A server's configuration with a key that {@link #client} trusts, for {@code localhost}. */
  public static TlsConfig.Builder server() {
    return TlsConfig.builder().keyPair(KEYS.keyPair());
  }

  /** A client's configuration, which dials {@code localhost} of {@link #server}. */
  public static TlsConfig.Builder client() {
    return TlsConfig.builder().trust(KEYS.chain()).serverName("localhost");
  }

  /**
   * Pairs of one version.
   *
   * @param clientLeft whether the left end is the client
   */
  public static ConnPairs over(ConnPairs pairs, TlsVersion version, boolean clientLeft) {
    TlsConfig client = client().versions(version).build();
    TlsConfig server = server().versions(version).build();
    return () -> {
      ConnPair pair = pairs.connect();
      TlsConn dialler = Tls.client(clientLeft ? pair.left() : pair.right(), client);
      TlsConn listener = Tls.server(clientLeft ? pair.right() : pair.left(), server);
      try {
        shakeHands(dialler, listener);
        settle(dialler, listener);
      } catch (Throwable t) {
        pair.close();
        throw t;
      }
      return clientLeft ? new ConnPair(dialler, listener) : new ConnPair(listener, dialler);
    };
  }

  /**
   * Has the client take the ticket that follows the handshake: it would wake a read of a contract's
   * case, which would begin its wait anew, under the timeouts of that moment.
   */
  private static void settle(TlsConn client, TlsConn server) throws IOException {
    Thread writer = Net.go("settle", () -> server.write(new byte[1]));
    client.readFully(new byte[1]);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Runs both sides' handshakes to their end. */
  public static void shakeHands(TlsConn client, TlsConn server) throws IOException {
    CompletableFuture<Conn> done = new CompletableFuture<>();
    var _ =
        Net.go(
            "handshake",
            () -> {
              try {
                var _ = server.handshake();
                done.complete(server);
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
    try {
      var _ = client.handshake();
      var _ = done.get();
    } catch (ExecutionException e) {
      throw new IOException("the server's handshake", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
