package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The examples of docs/guide.md on Unix sockets and on descriptors. */
@LeakCheck
@Timeout(180)
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio has neither permissions, nor credentials, nor descriptors")
class UnixGuideTest {
  private Path dir;

  @BeforeEach
  void make() throws IOException {
    dir = Files.createTempDirectory("gonet");
  }

  @AfterEach
  void remove() throws IOException {
    Files.delete(dir);
  }

  // example
  /** Listens for the processes of this user alone. */
  static UnixListener listenForOwnUser(String path) throws IOException {
    return ListenConfig.defaults()
        .withPathPermissions(PosixFilePermissions.fromString("rw-------"))
        .withReplaceStalePath(true) // that of a process which was killed
        .listenUnix("unix", path);
  }

  /** Greets a process by what the kernel knows of it, which nobody can forge. */
  static void greet(UnixConn conn) throws IOException {
    UnixConn.PeerCredentials peer = conn.peerCredentials();
    conn.write(("hello, " + peer.pid() + " of user " + peer.uid() + "\n").getBytes(UTF_8));
  }

  // end of example

  // example
  /** Hands a connection over to another process, which goes on with it. */
  static void handOver(UnixConn to, TcpConn conn) throws IOException {
    try (conn) {
      to.sendDescriptors("yours".getBytes(UTF_8), conn);
    }
  }

  /** Takes the next connection over; null when the other side has no more. */
  static @Nullable Conn takeOver(UnixConn from) throws IOException {
    byte[] buf = new byte[100];
    try (UnixConn.Received received = from.receive(buf, 0, buf.length, 1)) {
      return received.descriptors().isEmpty()
          ? null
          : Net.fileConn(received.descriptors().getFirst()); // of a duplicate
    }
  }

  // end of example

  // example
  /** What the kernel tells of a socket's descriptor: proc_pid_fdinfo(5). */
  static List<String> descriptorInfo(NetSocket socket) throws IOException {
    List<String> lines = new ArrayList<>();
    socket
        .rawConn()
        .control(fd -> lines.addAll(Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))));
    return lines;
  }

  // end of example

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void aClientIsGreetedByProcessAndUserAndNobodyElseMayConnect() throws Exception {
    Path path = dir.resolve("s");
    try (UnixListener listener = listenForOwnUser(path.toString());
        Conn client = Net.dial("unix", path.toString());
        UnixConn accepted = listener.accept()) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      greet(accepted);
      accepted.close();
      assertEquals(
          "hello, %s of user %s\n"
              .formatted(ProcessHandle.current().pid(), Files.getAttribute(dir, "unix:uid")),
          new String(client.readAll(1000), UTF_8));
    }
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void aConnectionThatIsHandedOverGoesOnWithItsClient() throws Exception {
    String path = dir.resolve("s").toString();
    try (Listener unix = Net.listen("unix", path);
        UnixConn giver = Dialer.defaults().dialUnix("unix", path);
        UnixConn taker = (UnixConn) unix.accept();
        TcpListener tcp = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", tcp.addr().toString())) {
      handOver(giver, tcp.accept());
      try (Conn taken = takeOver(taker)) {
        assertEquals(client.localAddr(), taken.remoteAddr());
        taken.write("hello".getBytes(UTF_8));
      }
      assertEquals("hello", new String(client.readAll(100), UTF_8));
      giver.close();
      assertNull(takeOver(taker));
    }
  }

  @Test
  void theKernelTellsOfTheDescriptorOfASocket() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      List<String> lines = descriptorInfo(listener);
      assertTrue(lines.getFirst().startsWith("pos:"), lines::toString);
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(UnixGuideTest.class, 3);
  }
}
