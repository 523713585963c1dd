package gonet.test.bench.peer;

import gonet.Conn;
import gonet.FileTransfer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetStats;
import gonet.TcpListener;
import gonet.Tunnel;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsKeyPair;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The server over gonet: {@code mode=NAME}. Backend and lane are chosen as any user of gonet
 * chooses them, by flags of the JVM, and told in its statistics.
 */
public final class GonetPeer {
  private static final byte[] BLOCK = Peer.block();

  private GonetPeer() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Peer.Mode mode = Peer.mode(args);
    if (mode.isOfDatagrams()) {
      GonetDatagrams.serve(mode);
      return;
    }
    ListenConfig config = ListenConfig.defaults().withBacklog(Peer.BACKLOG);
    if (mode == Peer.Mode.UNIX) {
      String path = Peer.argument("path", args);
      Listener listener = config.listen("unix", path);
      Peer.listening(path, GonetPeer::stats);
      Net.go(() -> accept(listener, mode, "")).join();
      return;
    }
    String other =
        switch (mode) {
          case PROXY -> Peer.argument("target", args);
          case FILE -> Peer.argument("file", args);
          default -> "";
        };
    TcpListener listener = config.listenTcp("tcp4", "127.0.0.1:0");
    Listener served = Peer.speaksTls(args) ? Tls.listener(listener, tls(args)) : listener;
    Peer.listening(listener.addr().port(), GonetPeer::stats);
    Net.go(() -> accept(served, mode, other)).join();
  }

  private static TlsConfig tls(String[] args) throws IOException {
    return TlsConfig.builder()
        .keyPair(
            TlsKeyPair.ofPem(
                Path.of(Peer.argument("cert", args)), Path.of(Peer.argument("key", args))))
        .build();
  }

  static String stats() {
    NetStats stats = Net.stats();
    return "backend=" + stats.backend() + " lane=" + stats.lane();
  }

  private static void accept(Listener listener, Peer.Mode mode, String other) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              serve(conn, mode, other);
            }
          });
    }
  }

  private static void serve(Conn conn, Peer.Mode mode, String other) throws Exception {
    switch (mode) {
      case ECHO, UNIX -> echo(conn);
      case DEADLINE -> echoWithDeadline(conn);
      case IDLE -> {
        conn.awaitReadable();
        echo(conn);
      }
      case SOURCE -> source(conn);
      case SINK -> sink(conn);
      case HOG -> hog(conn);
      case PROXY -> {
        // What gonet.examples.TcpProxy does for a client.
        try (Conn server = Net.dial("tcp", other)) {
          Tunnel.between(conn, server).run();
        }
      }
      case FILE -> sendFile(conn, Path.of(other));
      default -> throw new IllegalArgumentException("no mode of connections: " + mode);
    }
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  private static void echoWithDeadline(Conn conn) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (; ; ) {
      conn.setReadDeadline(Instant.now().plusSeconds(Peer.DEADLINE_SECONDS));
      int n = conn.read(buf);
      if (n < 0) {
        return;
      }
      conn.write(buf, 0, n);
    }
  }

  private static void source(Conn conn) throws IOException {
    for (; ; ) {
      conn.write(BLOCK);
    }
  }

  private static void sendFile(Conn conn, Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      for (; ; ) {
        FileTransfer.of(file, 0, file.size(), conn).run();
      }
    }
  }

  private static void sink(Conn conn) throws IOException {
    byte[] buf = new byte[Peer.SINK_BYTES];
    for (int n = 0; n >= 0; ) {
      n = conn.read(buf);
    }
  }

  private static void hog(Conn conn) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      Hogs.obey(buf[0]);
      conn.write(buf, 0, n);
    }
  }
}
