package gonet.test.hard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetConnectException;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Programs that another program started with its sockets open: as systemd does, whose protocol is
 * sd_listen_fds(3), and as inetd does, which puts the connection in the place of standard input.
 */
@LeakCheck
@Timeout(180)
@EnabledIf(
    value = "available",
    disabledReason = "needs systemd-socket-activate and the epoll backend")
@Proves("B37")
class SocketActivationTest {
  private static final String STARTER = "systemd-socket-activate";

  static boolean available() {
    return "epoll".equals(System.getProperty("gonet.backend"))
        && List.of("/usr/bin", "/bin").stream()
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, STARTER)));
  }

  @Test
  @Proves("node-inherited")
  void aProgramServesOnTheListenerItWasStartedWith() throws Exception {
    int port = freePort();
    List<String> starter = List.of(STARTER, "--listen=127.0.0.1:" + port);
    try (Child child = Child.startBy(starter, Activated.class);
        Conn first = dial(port)) { // starts the program, and waits in the queue for it
      assertEquals("1 descriptors", child.hear());
      assertEquals("127.0.0.1:" + port, child.hear());
      try (Conn second = dial(port)) {
        assertEquals("echo", echo(second));
      }
      assertEquals("echo", echo(first));
    }
  }

  @Test
  @Proves("uv-stdio")
  void aProgramSpeaksOnTheConnectionInThePlaceOfItsStandardInput() throws Exception {
    int port = freePort();
    List<String> starter = List.of(STARTER, "--accept", "--inetd", "--listen=127.0.0.1:" + port);
    try (Child child = Child.startBy(starter, Spoken.class);
        Conn conn = dial(port)) {
      conn.setReadTimeout(Duration.ofSeconds(30));
      conn.write("echo".getBytes(UTF_8));
      conn.closeWrite();
      // The end comes by closeWrite: standard input and output are still the connection.
      assertEquals("echo from " + conn.localAddr(), new String(conn.readAll(1000), UTF_8));
      assertTrue(child.output().contains("Spawned"), child::output);
    }
  }

  /** As systemd's manual has it: numbers from 3 on. */
  static final class Activated {
    private Activated() {}

    public static void main(String[] args) throws IOException {
      Child.tell(System.getenv("LISTEN_FDS") + " descriptors");
      Listener listener = Net.fileListener(3);
      Child.tell(listener.addr());
      for (; ; ) {
        Conn conn = listener.accept();
        Net.go(
            () -> {
              try (conn) {
                conn.write(conn.readAll(1000));
              }
            });
      }
    }
  }

  /** As inetd's nowait has it: one program for each connection. */
  static final class Spoken {
    private Spoken() {}

    public static void main(String[] args) throws IOException {
      try (Conn conn = Net.fileConn(0)) {
        conn.write(conn.readAll(1000));
        conn.write((" from " + conn.remoteAddr()).getBytes(UTF_8));
        conn.closeWrite();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Dials as soon as the starter listens. */
  private static Conn dial(int port) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreException(NetConnectException.class)
        .until(() -> Net.dial("tcp", "127.0.0.1:" + port), conn -> conn != null);
  }

  private static String echo(Conn conn) throws IOException {
    conn.setReadTimeout(Duration.ofSeconds(30));
    conn.write("echo".getBytes(UTF_8));
    conn.closeWrite();
    return new String(conn.readAll(1000), UTF_8);
  }
}
