package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.TcpAddr;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bad arguments, listeners that cannot be opened, and several on one port. */
@LeakCheck
@Timeout(180)
class ServerBuilderTest {

  private record Bad(String message, UnaryOperator<ServerBuilder> setting) {}

  @Test
  @Proves("B35")
  void aBadArgumentIsRefusedByNameAndValue() {
    Duration negative = Duration.ofSeconds(-1);
    List<Bad> all =
        List.of(
            new Bad("name is \" \", which is blank", b -> b.name(" ")),
            new Bad("shards is 0, not between 1 and 1024", b -> b.shards(0)),
            new Bad("shards is 1025, not between 1 and 1024", b -> b.shards(1025)),
            new Bad("max connections is -1, below 0", b -> b.maxConns(-1)),
            new Bad("max connections per address is -1, below 0", b -> b.maxConnsPerAddr(-1)),
            new Bad(
                "IPv4 prefix length is 33, not between 0 and 32",
                b -> b.maxConnsPerPrefix(1, 33, 64)),
            new Bad(
                "IPv6 prefix length is -1, not between 0 and 128",
                b -> b.maxConnsPerPrefix(1, 32, -1)),
            new Bad("idle timeout is not above zero: PT0S", b -> b.idleTimeout(Duration.ZERO)),
            new Bad("graceful close time is negative: PT-1S", b -> b.gracefulCloseTime(negative)),
            new Bad("drain delay is negative: PT-1S", b -> b.drainDelay(negative)));
    for (Bad bad : all) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> bad.setting.apply(Server.builder()));
      assertEquals(bad.message, e.getMessage());
    }
  }

  @Test
  void aServerNeedsAHandlerAndSomewhereToListen() {
    IllegalStateException noHandler =
        assertThrows(
            IllegalStateException.class, () -> Server.builder().listenOn("tcp", ":0").start());
    assertEquals("a server needs a handler", noHandler.getMessage());
    IllegalStateException noPlace =
        assertThrows(
            IllegalStateException.class, () -> Server.builder().handler(conn -> {}).start());
    assertEquals("a server needs a listener or a place to listen", noPlace.getMessage());
  }

  @Test
  void aNegativeGraceIsRefused() throws Exception {
    try (Server server = Clients.echo().start()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> server.shutdown(Duration.ofSeconds(-1)));
      assertEquals("grace is negative: PT-1S", e.getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> server.shutdownOnSignal(Duration.ofSeconds(-1)));
    }
  }

  @Test
  void whereOneListenerCannotBeOpenedNoneIsLeftOpen() throws Exception {
    try (Listener mine = Net.listen("tcp", "127.0.0.1:0");
        Listener taken = Net.listen("tcp", "127.0.0.1:0")) {
      ServerBuilder builder =
          Clients.echo().listener(mine).listenOn("tcp", taken.addr().toString());
      assertThrows(NetBindException.class, builder::start);
      assertFalse(mine.isClosed());
      assertThrows(NetBindException.class, builder::start);
    }
  }

  /** Sockets of the kernel that listen on the server's port; −1 where it does not tell. */
  private static long listening(Server server) throws IOException {
    Path table = Path.of("/proc/net/tcp");
    if (!Files.isReadable(table)) {
      return -1;
    }
    String port = String.format(Locale.ROOT, ":%04X", server.addr().addrPort().port());
    return Files.readAllLines(table).stream()
        .map(line -> line.strip().split(" +", -1))
        .filter(fields -> fields.length > 3 && fields[1].endsWith(port) && fields[3].equals("0A"))
        .count();
  }

  @Test
  void shardsShareOnePortAndTheConnections() throws Exception {
    var ports = ConcurrentHashMap.<Integer>newKeySet();
    var accepting = ConcurrentHashMap.<Thread>newKeySet(); // each listener has a thread of its own
    try (Server server =
        Clients.echo()
            .shards(4)
            .handler(
                conn -> {
                  ports.add(((TcpAddr) conn.localAddr()).port());
                  Clients.echo(conn);
                })
            .onConnect(conn -> accepting.add(Thread.currentThread()))
            .start()) {
      assertEquals(4, server.addrs().size());
      long listening = listening(server);
      assertTrue(listening == 4 || listening == -1, () -> listening + " sockets listen");
      assertEquals(1, server.addrs().stream().distinct().count());
      List<Conn> clients = Clients.served(server, 100);
      assertEquals(1, ports.size());
      assertEquals(100, server.connections());
      // How many the kernel gives to whom is its own affair; all to one is no spread.
      assertTrue(
          accepting.size() > 1 && accepting.size() <= 4 || listening == -1,
          () -> accepting.size() + " listeners accept");
      Clients.closeAll(clients);
      assertTrue(server.shutdown(Clients.LIMIT).forced() == 0);
    }
  }
}
