package gonet.test.soak;

import gonet.Conn;
import gonet.Net;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.Tunnel;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An echo server and a proxy in front of it, both with an idle limit. The echo's handlers bound
 * each read by a timeout that is often over, and take any interrupt for one that says nothing.
 */
final class Servers implements AutoCloseable {
  private static final int SHORTEST_TIMEOUT_MILLIS = 1;
  private static final int LONGEST_TIMEOUT_MILLIS = 200;

  final Server echo;
  final Server proxy;

  Servers(Duration idle) throws IOException {
    echo = builder("echo", idle).handler(Servers::echo).start();
    String target = "127.0.0.1:" + port(echo);
    proxy =
        builder("proxy", idle)
            .handler(
                conn -> {
                  try (Conn to = Net.dial("tcp", target)) {
                    Tunnel.between(conn, to).run();
                  }
                })
            .start();
  }

  private static ServerBuilder builder(String name, Duration idle) {
    return Server.builder()
        .name(name)
        .listenOn("tcp", "127.0.0.1:0")
        .idleTimeout(idle)
        .gracefulCloseTime(Duration.ofMillis(500))
        .onError((conn, failure) -> {});
  }

  static int port(Server server) {
    return ((TcpAddr) server.addrs().getFirst()).port();
  }

  private static void echo(ServerConn conn) throws IOException {
    byte[] buf = new byte[16 * 1024];
    for (; ; ) {
      conn.setReadTimeout(
          Duration.ofMillis(
              ThreadLocalRandom.current()
                  .nextInt(SHORTEST_TIMEOUT_MILLIS, LONGEST_TIMEOUT_MILLIS)));
      try {
        int n = conn.read(buf);
        if (n < 0) {
          return;
        }
        writeAll(conn, buf, n);
      } catch (NetTimeoutException e) {
        // The next read may have more luck, until the idle limit.
      } catch (NetInterruptedException e) {
        endIfServerEnds(conn);
      }
    }
  }

  private static void writeAll(ServerConn conn, byte[] buf, int len) throws IOException {
    for (int off = 0; off < len; ) {
      try {
        conn.write(buf, off, len - off);
        off = len;
      } catch (NetInterruptedException e) {
        off += (int) e.bytesTransferred();
        endIfServerEnds(conn);
      }
    }
  }

  /** An interrupt of the one who disturbs, or of a server that ends by force. */
  private static void endIfServerEnds(ServerConn conn) throws IOException {
    var _ = Thread.interrupted();
    if (conn.isFinishing()) {
      throw new IOException("the server ends");
    }
  }

  /** Interrupts the handler of one connection; false if there is none. */
  boolean disturb() {
    var conns = echo.conns();
    if (conns.isEmpty()) {
      return false;
    }
    ServerConn conn = conns.get(ThreadLocalRandom.current().nextInt(conns.size()));
    Thread handler = conn.thread();
    if (handler == null) {
      return false;
    }
    handler.interrupt();
    return true;
  }

  /** Ends both within a grace. */
  void shutdown(Duration grace) throws InterruptedException {
    ShutdownReport first = proxy.shutdown(grace);
    ShutdownReport second = echo.shutdown(grace);
    if (proxy.connections() + echo.connections() != 0) {
      throw new AssertionError("connections are left behind " + first + " and " + second);
    }
  }

  @Override
  public void close() {
    proxy.close();
    echo.close();
  }
}
