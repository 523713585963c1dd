package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A server that ends and starts again finds its port taken by what is left of its connections,
 * unless both generations set SO_REUSEADDR. socket(7).
 */
@LeakCheck
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks for TIME_WAIT in /proc/net/tcp")
@Proves("A24")
class RestartTest {
  private static final String TIME_WAIT = "06";

  @Test
  @Proves({"sys-reuseaddr", "B33", "C2"})
  void aServerStartsAgainWhileItsOldConnectionsLingerInTimeWait() throws Exception {
    String address;
    int port;
    try (TcpListener first = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      address = first.addr().toString();
      port = first.addr().port();
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        first.accept().close(); // who closes first gets TIME_WAIT
        assertEquals(-1, client.getInputStream().read());
      }
    }
    Awaitility.await("TIME_WAIT").until(() -> inTimeWait(port));
    assertThrows(BindException.class, () -> listenWithoutTheOption(port), "nothing to prove here");
    try (TcpListener second = ListenConfig.defaults().listenTcp("tcp4", address);
        Conn client = Net.dial("tcp4", address);
        TcpConn conn = second.accept()) {
      assertEquals(client.localAddr(), conn.remoteAddr());
    }
  }

  @Test
  void aServerStartsAgainWhileItsOldConnectionsLive() throws Exception {
    String address;
    TcpConn old;
    Conn client;
    try (TcpListener first = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      address = first.addr().toString();
      client = Net.dial("tcp4", address);
      old = first.accept();
    }
    try (client;
        old;
        TcpListener second = ListenConfig.defaults().listenTcp("tcp4", address);
        Conn newClient = Net.dial("tcp4", address);
        TcpConn conn = second.accept()) {
      assertEquals(newClient.localAddr(), conn.remoteAddr());
      client.write(new byte[] {7});
      byte[] one = new byte[1];
      old.readFully(one);
      assertEquals(7, one[0]);
      assertFalse(old.isClosed());
    }
  }

  @Test
  void aPortIsFreeAsSoonAsCloseReturns() throws Exception {
    TcpListener first = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
    String address = first.addr().toString();
    first.close();
    for (int i = 0; i < 200; i++) {
      try (TcpListener again = ListenConfig.defaults().listenTcp("tcp4", address)) {
        // An acceptor inside the listener is what may delay the end of its descriptor.
        Thread acceptor =
            Net.go(
                () -> {
                  again.setTimeout(Duration.ofSeconds(30));
                  again.accept().close();
                });
        assertEquals(address, again.addr().toString());
        assertTrue(acceptor.isAlive());
      }
    }
  }

  private static void listenWithoutTheOption(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
  }

  private static boolean inTimeWait(int port) throws IOException {
    String local = String.format(Locale.ROOT, "0100007F:%04X", port);
    return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(fields -> fields[1].equals(local) && fields[3].equals(TIME_WAIT));
  }
}
