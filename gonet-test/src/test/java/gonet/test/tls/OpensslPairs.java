package gonet.test.tls;

import gonet.Conn;
import gonet.Net;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Pairs whose left end is gonet's TLS and whose right end reaches OpenSSL: two threads carry what
 * comes from the one side to the other, ends included. Stateless.
 */
final class OpensslPairs {
  private static final ConnPairs TCP = ConnPairs.dialled("tcp4", "127.0.0.1:0");

  private OpensslPairs() {}

  /**
   * Pairs of one version.
   *
   * @param opensslIsClient the role of OpenSSL
   */
  static ConnPairs of(TlsVersion version, boolean opensslIsClient) {
    return () -> connect(version, opensslIsClient);
  }

  private static ConnPair connect(TlsVersion version, boolean opensslIsClient) throws IOException {
    OpensslContext context = new OpensslContext(version);
    ConnPair secret = TCP.connect();
    ConnPair plain = TCP.connect();
    try {
      if (opensslIsClient) {
        context.trust(TlsPairs.keys().chain().getFirst(), OpensslContext.VERIFY_PEER);
      } else {
        context.keys(TlsPairs.keys());
      }
      OpensslPeer peer = new OpensslPeer(secret.right(), context, opensslIsClient);
      TlsConn left =
          opensslIsClient
              ? Tls.server(secret.left(), TlsPairs.server().build())
              : Tls.client(secret.left(), TlsPairs.client().build());
      CompletableFuture<Void> shaken = new CompletableFuture<>();
      var _ = Net.go("openssl", () -> bridge(context, peer, plain.left(), shaken));
      var _ = left.handshake();
      var _ = shaken.join();
      settle(left, plain.right());
      return new ConnPair(left, plain.right());
    } catch (Throwable t) {
      secret.close();
      plain.close();
      throw t;
    }
  }

  /** One byte each way: tickets are taken then, and both directions flow. */
  private static void settle(Conn left, Conn right) throws IOException {
    left.write(new byte[1]);
    right.readFully(new byte[1]);
    right.write(new byte[1]);
    left.readFully(new byte[1]);
  }

  private static void bridge(
      OpensslContext context, OpensslPeer peer, Conn plain, CompletableFuture<Void> shaken)
      throws InterruptedException {
    try (context;
        peer;
        plain) {
      peer.handshake();
      shaken.complete(null);
      Thread back = Net.go("openssl-back", () -> carryBack(peer, plain));
      carryThere(plain, peer);
      back.join();
    } catch (IOException | RuntimeException e) {
      shaken.completeExceptionally(e);
    }
  }

  private static void carryThere(Conn plain, OpensslPeer peer) {
    byte[] buf = new byte[8192];
    try {
      for (int n; (n = plain.read(buf)) >= 0; ) {
        peer.write(buf, n);
      }
      peer.shutdown();
    } catch (IOException e) {
      peer.close();
      plain.close();
    }
  }

  private static void carryBack(OpensslPeer peer, Conn plain) {
    byte[] buf = new byte[8192];
    try {
      for (int n; (n = peer.read(buf)) >= 0; ) {
        plain.write(buf, 0, n);
      }
      plain.closeWrite();
    } catch (IOException e) {
      peer.close();
      plain.close();
    }
  }
}
