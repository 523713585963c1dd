package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.Transfer;
import gonet.UnixConn;
import gonet.netip.AddrSet;
import gonet.server.Server;
import gonet.test.Effect;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers over Unix listeners, and what they carry on. Go: {@code TestUnixAndUnixpacketServer}. */
@LeakCheck
@Timeout(180)
@Proves("unix")
class UnixServerTest {
  private static final int SIZE = 3_000_000;

  private Path dir;
  private String path;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createTempDirectory("gonet"); // not @TempDir, whose names are long
    path = dir.resolve("s").toString();
  }

  @AfterEach
  void removeDirectory() throws IOException {
    Files.delete(dir);
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[8192];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  @Test
  @Proves({"B37", "B41"})
  void aServerServesByPathBesideAPortAndRemovesThePathAtItsEnd() throws Exception {
    AtomicReference<UnixConn> found = new AtomicReference<>();
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .listenOn("unix", path)
            .handler(
                conn -> {
                  found.compareAndSet(null, conn.find(UnixConn.class));
                  echo(conn);
                })
            .start()) {
      for (int i = 0; i < 3; i++) {
        try (Conn client = Net.dial("unix", path)) {
          client.write(new byte[] {1, 2});
          client.readFully(new byte[2]);
        }
      }
      try (Conn client = Net.dial("tcp", server.addr().toString())) {
        client.write(new byte[] {1});
        client.readFully(new byte[1]);
      }
      assertEquals("unix", found.get().localAddr().network());
    }
    assertFalse(Files.exists(Path.of(path)));
  }

  @Test
  void aFilterOfAddressesRefusesPeersWithoutOneUnlessItIsToldOtherwise() throws Exception {
    for (boolean lenient : new boolean[] {false, true}) {
      try (Server _ =
              Server.builder()
                  .listenOn("unix", path)
                  .allow(AddrSet.of("127.0.0.0/8"))
                  .allowUnaddressed(lenient)
                  .handler(UnixServerTest::echo)
                  .start();
          Conn client = Net.dial("unix", path)) {
        byte[] one = new byte[1];
        if (lenient) {
          client.write(one);
          assertEquals(1, client.read(one));
        } else {
          assertEquals(-1, client.read(one));
        }
      }
    }
  }

  @Test
  @Proves("jvm-splice")
  void aTransferCarriesEveryByteBetweenTcpAndUnixBothWays() throws Exception {
    byte[] data = new Effect.Garbage(SIZE, 23).bytes();
    try (Listener unixListener = Net.listen("unix", path);
        Listener tcpListener = Net.listen("tcp", "127.0.0.1:0");
        Conn unix = Net.dial("unix", path);
        Conn unixPeer = unixListener.accept();
        Conn tcp = Net.dial("tcp", tcpListener.addr().toString());
        Conn tcpPeer = tcpListener.accept()) {
      Thread there = Net.go(() -> carry(tcpPeer, unix));
      Thread back = Net.go(() -> carry(unix, tcpPeer));
      Thread echo =
          Net.go(
              () -> {
                echo(unixPeer);
                unixPeer.closeWrite();
              });
      Thread sender =
          Net.go(
              () -> {
                tcp.write(data);
                tcp.closeWrite();
              });
      assertArrayEquals(data, tcp.readAll(SIZE));
      for (Thread thread : new Thread[] {there, back, echo, sender}) {
        thread.join();
      }
      assertTrue(Files.exists(Path.of(path)));
    }
  }

  private static void carry(Conn from, Conn to) throws IOException {
    assertEquals(SIZE, Transfer.between(from, to).run());
    to.closeWrite();
  }
}
