package gonet.test.bench.peer;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetStats;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.Tunnel;
import java.io.IOException;
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
    String target = mode == Peer.Mode.PROXY ? Peer.argument("target", args) : "";
    TcpListener listener =
        ListenConfig.defaults().withBacklog(Peer.BACKLOG).listenTcp("tcp4", "127.0.0.1:0");
    Peer.listening(listener.addr().port(), GonetPeer::stats);
    Net.go(() -> accept(listener, mode, target)).join();
  }

  private static String stats() {
    NetStats stats = Net.stats();
    return "backend=" + stats.backend() + " lane=" + stats.lane();
  }

  private static void accept(TcpListener listener, Peer.Mode mode, String target)
      throws IOException {
    for (; ; ) {
      TcpConn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              serve(conn, mode, target);
            }
          });
    }
  }

  private static void serve(Conn conn, Peer.Mode mode, String target) throws Exception {
    switch (mode) {
      case ECHO -> echo(conn);
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
        try (Conn server = Net.dial("tcp", target)) {
          Tunnel.between(conn, server).run();
        }
      }
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
