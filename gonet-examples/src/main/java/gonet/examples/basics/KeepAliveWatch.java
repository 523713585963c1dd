package gonet.examples.basics;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.Net;
import gonet.TcpConn;
import gonet.TcpInfo;
import java.io.IOException;
import java.time.Duration;

/**
 * What the kernel does while a peer is silent. Keepalive is the kernel's own heartbeat: after so
 * long without a segment it sends an empty one, and the peer's kernel acknowledges it, whether the
 * peer's program lives or hangs. If nothing comes back the connection ends with a timeout.
 *
 * <p>Argument: an address that somebody listens on and says nothing, such as {@link
 * ListenAcceptGo}. Take the way to it down (a cable, a firewall) and see {@code probes} grow until
 * the end. Needs the epoll backend: the JDK does not show what the kernel knows of a connection.
 */
public final class KeepAliveWatch {
  private static final KeepAlive WATCHFUL =
      KeepAlive.on()
          .withIdle(Duration.ofSeconds(2))
          .withInterval(Duration.ofSeconds(1))
          .withCount(4);

  private KeepAliveWatch() {}

  /** Prints a line a second, until the connection ends. */
  public static void main(String[] args) throws Exception {
    System.out.println("a vanished peer is found after " + WATCHFUL.detectionTime());
    try (TcpConn conn = Dialer.defaults().withKeepAlive(WATCHFUL).dialTcp("tcp", args[0])) {
      Net.go(() -> watch(conn));
      byte[] buf = new byte[4096];
      while (conn.read(buf) >= 0) {
        // Nothing is asked, so little will come. The read is what hears of the end.
      }
      System.out.println("the peer has ended its stream");
    }
  }

  private static void watch(TcpConn conn) throws Exception {
    while (!conn.isClosed()) {
      System.out.println(line(conn));
      Thread.sleep(1000);
    }
  }

  /** What the kernel knows at this moment. */
  public static String line(TcpConn conn) throws IOException {
    TcpInfo info = conn.info();
    return info.state()
        + ", last data received "
        + info.sinceLastDataReceived().toMillis()
        + " ms ago, last acknowledgement "
        + info.sinceLastAckReceived().toMillis()
        + " ms ago, probes without an answer "
        + info.probes();
  }
}
