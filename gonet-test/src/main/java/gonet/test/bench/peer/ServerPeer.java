package gonet.test.bench.peer;

import gonet.ListenConfig;
import gonet.Net;
import gonet.NetStats;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.server.ServerHandler;
import java.io.IOException;
import java.time.Duration;

/**
 * The echo of {@link GonetPeer} by {@link Server}, with the limits that a server has: {@code
 * mode=echo}; or {@code mode=whole}, which answers whole requests of 128 bytes only.
 */
public final class ServerPeer {
  /** What the load sends at once. */
  private static final int REQUEST_BYTES = 128;

  private ServerPeer() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Server server =
        Server.builder()
            .listener(
                ListenConfig.defaults().withBacklog(Peer.BACKLOG).listen("tcp4", "127.0.0.1:0"))
            .maxConns(60_000)
            .idleTimeout(Duration.ofMinutes(10))
            .handler(handler(Peer.argument("mode", args)))
            .start();
    Peer.listening(Integer.parseInt(server.addr().toString().split(":")[1]), ServerPeer::stats);
    System.err.println(server.awaitClosed());
  }

  private static String stats() {
    NetStats stats = Net.stats();
    return "backend=" + stats.backend() + " lane=" + stats.lane();
  }

  private static ServerHandler handler(String mode) {
    return switch (mode) {
      case "echo" -> ServerPeer::echo;
      case "whole" -> ServerPeer::whole;
      default -> throw new IllegalArgumentException("no mode " + mode);
    };
  }

  private static void echo(ServerConn conn) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  private static void whole(ServerConn conn) throws IOException {
    byte[] request = new byte[REQUEST_BYTES];
    for (; ; ) {
      conn.readFully(request);
      conn.write(request);
    }
  }
}
