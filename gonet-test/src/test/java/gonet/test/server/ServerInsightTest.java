package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.server.ConnDump;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Loopback;
import gonet.wire.WireLog;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looking into a server that runs: the state of its connections, and the bytes on the wire. */
@LeakCheck
@Timeout(180)
class ServerInsightTest {

  @Test
  void aDumpTellsOfEachConnectionWhatItWaitsFor() throws Exception {
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      conn.setReadDeadline(Instant.now().plusSeconds(100));
                      Clients.echo(conn);
                    })
                .start();
        Conn conn = dial(server)) {
      ping(conn);
      eventually(() -> server.dump().getFirst().waits().contains("read parked"));
      ConnDump dump = server.dump().getFirst();
      assertEquals(1, dump.id());
      assertEquals(server.addr(), dump.local());
      assertEquals(conn.localAddr(), dump.remote());
      assertEquals(ServerConn.Phase.SERVING, dump.phase());
      assertEquals(1, dump.bytesRead());
      assertEquals(1, dump.bytesWritten());
      assertTrue(dump.age().toSeconds() < 60, dump::toString);
      assertNotNull(dump.readDeadlineIn());
      assertNull(dump.writeDeadlineIn());
      String line = dump.toString();
      assertTrue(line.contains("thread \"server-1 " + conn.localAddr() + "\""), line);
      assertTrue(line.contains("read deadline in PT1M3"), line);
    }
  }

  @Test
  @Proves("jvm-wire-log")
  void aWireLogShowsTheBytesOfOneConnection() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    WireLog log = WireLog.hexDump(lines::add, 20);
    try (Server server =
        echo()
            .onConnect(
                conn -> {
                  if (conn.id() == 2) {
                    conn.setWireLog(log);
                  }
                })
            .handler(
                conn -> {
                  byte[] request = new byte[18];
                  conn.readFully(request);
                  conn.write(ByteBuffer.wrap(request, 1, 2));
                  conn.write(ByteBuffer.wrap(request, 0, 1), ByteBuffer.wrap(request, 2, 3));
                  var _ = conn.read(ByteBuffer.allocate(30).position(3));
                  conn.write(new byte[30]);
                })
            .start()) {
      for (int i = 0; i < 2; i++) {
        try (Conn conn = dial(server)) {
          conn.write("Hello, wire!\r\n\t\u007f..".getBytes(US_ASCII));
          conn.readFully(new byte[6]);
          conn.write("bye".getBytes(US_ASCII));
          assertEquals(30, conn.readAll(100).length);
        }
      }
      eventually(() -> server.connections() == 0);
    }
    String name = lines.getFirst().substring(0, lines.getFirst().indexOf(" read"));
    assertTrue(name.startsWith("tcp " + Loopback.own() + ":"), name);
    assertEquals(
        List.of(
            name + " read 18 bytes",
            "000000  48 65 6c 6c 6f 2c 20 77 69 72 65 21 0d 0a 09 7f  Hello, wire!....",
            "000010  2e 2e                                            ..",
            name + " written 2 bytes",
            "000000  65 6c                                            el",
            name + " written 1 bytes",
            "000000  48                                               H",
            name + " written 3 bytes",
            "000000  6c 6c 6f                                         llo",
            name + " read 3 bytes",
            "000000  62 79 65                                         bye",
            name + " written 30 bytes, 10 not shown",
            "000000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
            "000010  00 00 00 00                                      ...."),
        lines);
  }

  @Test
  void whatAWireLogThrowsDisturbsNobody() throws Exception {
    WireLog broken =
        new WireLog() {
          @Override
          public void read(Conn conn, ByteBuffer bytes) {
            throw new AssertionError("thrown for the test");
          }

          @Override
          public void written(Conn conn, ByteBuffer bytes) {
            bytes.put((byte) 1);
          }
        };
    try (Server server = echo().onConnect(conn -> conn.setWireLog(broken)).start();
        Conn conn = dial(server)) {
      ping(conn);
      ping(conn);
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> WireLog.hexDump(line -> {}, -1));
    assertEquals("max bytes is -1, below 0", e.getMessage());
  }
}
