package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import gonet.Conn;
import gonet.Dialer;
import gonet.Net;
import gonet.NetConnectException;
import gonet.SocketControl;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A port that nobody listens on, in the range from which the kernel chooses ours: when it chooses
 * that very one, TCP connects the socket to itself (RFC 9293, 3.5). Go: TestTCPSelfConnect.
 */
@LeakCheck
@Timeout(180)
@Proves("dialer-self")
class SelfConnectTest {
  private static final int IPPROTO_IP = 0;

  /** A socket's own range of ports, the highest in the upper half: ip(7), since Linux 6.3. */
  private static final int IP_LOCAL_PORT_RANGE = 51;

  @Test
  void aDialWhoseOnlyPortIsTheOneItDialsIsRefused() throws Exception {
    AtomicInteger sockets = new AtomicInteger();
    TcpAddr dead = freedPort();
    SocketControl onlyThatPort =
        (_, _, socket) -> {
          sockets.incrementAndGet();
          try {
            socket.setOption(IPPROTO_IP, IP_LOCAL_PORT_RANGE, dead.port() << 16 | dead.port());
          } catch (UnsupportedOperationException | IOException e) {
            abort("the kernel or the backend has no IP_LOCAL_PORT_RANGE: " + e);
          }
        };
    try {
      Conn conn = Dialer.defaults().withControl(onlyThatPort).dialTcp("tcp", dead);
      conn.close();
      fail("connected to " + conn);
    } catch (NetConnectException e) {
      assertEquals("dial tcp " + dead + ": connect: connection refused", e.getMessage());
    }
    assertEquals(3, sockets.get());
    // Nothing of the tries keeps the port from its server.
    Net.listen("tcp", dead.toString()).close();
  }

  @Test
  void whoNamesThePortHimselfMayConnectToHimself() throws Exception {
    TcpAddr self = freedPort();
    try (TcpConn conn = Dialer.defaults().withLocalAddr(self).dialTcp("tcp", self)) {
      assertEquals(self, conn.localAddr());
      assertEquals(self, conn.remoteAddr());
      conn.write(new byte[] {1, 2});
      assertEquals(2, conn.read(new byte[10]));
      conn.abort();
    }
  }

  @Test
  void noneOfManyDialsToAFreedPortSucceeds() throws Exception {
    dialFreedPort(3_000);
  }

  @Test
  @Tag("slow")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void noneOfAHundredThousandDialsToAFreedPortSucceeds() throws Exception {
    dialFreedPort(100_000);
  }

  private static void dialFreedPort(int times) throws IOException {
    String dead = freedPort().toString();
    for (int i = 0; i < times; i++) {
      try (Conn conn = Net.dial("tcp", dead)) {
        assertNotEquals(conn.localAddr(), conn.remoteAddr());
        dead = freedPort().toString(); // another process listens there by now
      } catch (NetConnectException e) {
        assertEquals("ECONNREFUSED", e.errno());
      }
    }
  }

  private static TcpAddr freedPort() throws IOException {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", BothCallers.LOOPBACK)) {
      return listener.addr();
    }
  }
}
