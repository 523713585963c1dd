package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Clients that reset their connection before it is accepted. Linux hands such a connection out all
 * the same: accept(2) tells the address, getpeername(2) fails, and the first read tells of the
 * reset. Other systems let accept itself fail.
 */
@LeakCheck
class ResetInQueueTest {
  private static final int CLIENTS = 1000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("node-remote")
  void aConnectionThatDiedInTheQueueHasItsAddressAndItsErrorAndHarmsNobody() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      Set<Integer> ports = new HashSet<>();
      for (int i = 0; i < CLIENTS; i++) {
        ports.add(resetAtOnce(listener));
      }
      try (Socket healthy = new Socket(InetAddress.getLoopbackAddress(), listener.addr().port())) {
        Set<Integer> accepted = new HashSet<>();
        for (; ; ) {
          try (TcpConn conn = listener.accept()) {
            int port = conn.remoteAddr().port();
            if (port == healthy.getLocalPort()) {
              break;
            }
            accepted.add(port);
            assertEquals(listener.addr(), conn.localAddr());
            NetSocketException e =
                assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
            assertEquals("ECONNRESET", e.errno());
            assertThrows(IOException.class, () -> conn.write(new byte[1]));
          }
        }
        assertEquals(ports, accepted);
      }
    }
  }

  @Test
  void aStormOfResetsDoesNotKeepTheNextClientsFromBeingServed() throws Exception {
    List<IOException> failures = new ArrayList<>();
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      crew.extra(
          "server",
          () -> {
            for (; ; ) {
              TcpConn conn = listener.accept();
              Net.go(() -> echo(conn, failures));
            }
          });
      for (int i = 0; i < CLIENTS; i++) {
        var _ = resetAtOnce(listener);
      }
      for (int i = 0; i < 20; i++) {
        try (TcpConn conn = (TcpConn) Net.dial("tcp", listener.addr().toString())) {
          conn.write(new byte[] {(byte) i});
          byte[] back = new byte[1];
          conn.readFully(back);
          assertEquals(i, back[0]);
        }
      }
    }
    crew.end();
    synchronized (failures) {
      for (IOException e : failures) {
        assertTrue(NetFailure.isConnectionGone(e), e::toString);
      }
    }
  }

  private static void echo(TcpConn conn, List<IOException> failures) {
    try (conn) {
      byte[] buf = new byte[64];
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    } catch (IOException e) {
      synchronized (failures) {
        failures.add(e);
      }
    }
  }

  /** Connects and resets; the port it did so from. */
  private static int resetAtOnce(TcpListener listener) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.addr().port())) {
      socket.setSoLinger(true, 0);
      return socket.getLocalPort();
    }
  }
}
