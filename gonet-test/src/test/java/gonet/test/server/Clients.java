package gonet.test.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Net;
import gonet.NetSocketException;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.test.machine.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What the tests of servers have in common: an echo, and clients that do not wait for ever. */
final class Clients {
  static final Duration LIMIT = Duration.ofSeconds(20);

  private Clients() {}

  /** A server of this machine, with an echo until the test says something else. */
  static ServerBuilder echo() {
    return Server.builder().listenOn("tcp", Loopback.ownAnyPort()).handler(Clients::echo);
  }

  static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[4096];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  static Conn dial(Server server) throws IOException {
    Conn conn = Net.dial("tcp", server.addr().toString());
    conn.setReadTimeout(LIMIT);
    return conn;
  }

  /** Clients that have been served one byte each. */
  static List<Conn> served(Server server, int clients) throws IOException {
    List<Conn> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Conn conn = dial(server);
      ping(conn);
      all.add(conn);
    }
    return all;
  }

  /** One byte there and back. */
  static void ping(Conn conn) throws IOException {
    byte[] one = {42};
    conn.write(one);
    conn.readFully(one);
  }

  /**
   * Whether the server closed the connection, by an end or a reset, before any byte. A byte is the
   * one answer that says no; whatever else comes, a timeout first of all, fails the test.
   */
  static boolean refused(Conn conn) throws IOException {
    try {
      return conn.read(new byte[1]) < 0;
    } catch (NetSocketException e) {
      assertEquals("ECONNRESET", e.errno(), e::getMessage);
      return true;
    }
  }

  static void closeAll(List<Conn> conns) {
    conns.forEach(Conn::close);
  }

  static void eventually(Callable<Boolean> condition) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(condition);
  }
}
