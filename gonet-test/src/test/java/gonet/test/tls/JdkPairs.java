package gonet.test.tls;

import gonet.Conn;
import gonet.Net;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;

/**
 * Pairs whose left end is gonet's TLS and whose right end reaches an {@link SSLSocket}: two threads
 * carry what comes from the one socket to the other, ends included. Stateless.
 */
final class JdkPairs {
  private JdkPairs() {}

  /**
   * Pairs of one version.
   *
   * @param jdkIsClient the role of the SSLSocket
   */
  static ConnPairs of(TlsVersion version, boolean jdkIsClient) {
    return () -> connect(version, jdkIsClient);
  }

  private static ConnPair connect(TlsVersion version, boolean jdkIsClient) throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket listener = new ServerSocket(0, 5, loopback)) {
      InetSocketAddress address = new InetSocketAddress(loopback, listener.getLocalPort());
      Conn secret = Net.dial(address);
      Socket cipherSide = listener.accept();
      Conn right = Net.dial(address);
      Socket plainSide = listener.accept();
      try {
        SSLSocket jdk =
            (SSLSocket)
                TlsPairs.sslContext()
                    .getSocketFactory()
                    .createSocket(cipherSide, "localhost", address.getPort(), true);
        jdk.setUseClientMode(jdkIsClient);
        jdk.setEnabledProtocols(new String[] {version.toString()});
        TlsConn left =
            jdkIsClient
                ? Tls.server(secret, TlsPairs.server().build())
                : Tls.client(secret, TlsPairs.client().build());
        CompletableFuture<Void> shaken = new CompletableFuture<>();
        var _ = Thread.ofVirtual().name("jdk").start(() -> bridge(jdk, plainSide, shaken));
        var _ = left.handshake();
        var _ = shaken.join();
        settle(left, right);
        return new ConnPair(left, right);
      } catch (Throwable t) {
        secret.close();
        right.close();
        cipherSide.close();
        plainSide.close();
        throw t;
      }
    }
  }

  /** One byte each way: tickets are taken then, and both directions flow. */
  private static void settle(Conn left, Conn right) throws IOException {
    left.write(new byte[1]);
    right.readFully(new byte[1]);
    right.write(new byte[1]);
    left.readFully(new byte[1]);
  }

  private static void bridge(SSLSocket jdk, Socket plain, CompletableFuture<Void> shaken) {
    try (jdk;
        plain) {
      jdk.startHandshake();
      shaken.complete(null);
      Thread back = Thread.ofVirtual().name("jdk-back").start(() -> carry(jdk, plain));
      carry(plain, jdk);
      back.join();
    } catch (IOException | RuntimeException e) {
      shaken.completeExceptionally(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void carry(Socket from, Socket to) {
    byte[] buf = new byte[8192];
    try {
      for (int n; (n = from.getInputStream().read(buf)) >= 0; ) {
        to.getOutputStream().write(buf, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException | UncheckedIOException e) {
      try (from;
          to) {
        Objects.requireNonNull(e); // gone: both ends hear of it
      } catch (IOException closing) {
        // Closed it is.
      }
    }
  }
}
