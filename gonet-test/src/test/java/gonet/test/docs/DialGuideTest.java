package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.Resolver;
import gonet.netip.Addr;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on listening, dialling, deadlines and descriptors. */
@Timeout(180)
class DialGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Greets whoever comes, each on a virtual thread of its own, until the listener is closed. */
  static void greetAll(Listener listener) throws IOException {
    while (true) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              conn.write(("hello, " + conn.remoteAddr() + "\n").getBytes(UTF_8));
            }
          });
    }
  }

  // end of example

  // example
  /** What a greeter says; gives up after three seconds, the lookup of its name included. */
  static String greeting(String address) throws IOException {
    Dialer dialer = Dialer.defaults().withTimeout(Duration.ofSeconds(3));
    try (Conn conn = dialer.dial("tcp", address)) {
      conn.setReadTimeout(Duration.ofSeconds(3));
      return new String(conn.readAll(1000), UTF_8);
    }
  }

  // end of example

  // example
  /** A dialer that knows the hosts of a table, and looks up all others as usual. */
  static Dialer withTable(Map<String, Addr> table) {
    return Dialer.defaults()
        .withResolver(
            request -> {
              Addr known = table.get(request.host());
              return known == null ? Resolver.standard().lookup(request) : List.of(known);
            });
  }

  // end of example

  // example
  /** A request and its answer of a known length, within a time for both; empty if it was over. */
  static Optional<byte[]> ask(Conn conn, byte[] request, int answerBytes, Duration time)
      throws IOException {
    conn.setDeadline(Instant.now().plus(time));
    try {
      conn.write(request);
      byte[] answer = new byte[answerBytes];
      conn.readFully(answer);
      return Optional.of(answer);
    } catch (NetTimeoutException e) {
      return Optional.empty();
    } finally {
      conn.setDeadline(null);
    }
  }

  // end of example

  // example
  /** The listener that this process was started with, systemd's first; or one of its own. */
  static Listener listener(Map<String, String> env, String address) throws IOException {
    String self = String.valueOf(ProcessHandle.current().pid());
    boolean passed = self.equals(env.get("LISTEN_PID")) && !"0".equals(env.get("LISTEN_FDS"));
    return passed ? Net.fileListener(3) : Net.listen("tcp", address);
  }

  // end of example

  @Test
  void aHostOfTheTableIsDialledWhereTheTableSaysAndAnotherWhereTheSystemSays() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      Dialer dialer = withTable(Map.of("greeter.test", Addr.parse("127.0.0.1")));
      int port = listener.addr().addrPort().port();
      for (String host : List.of("greeter.test", "localhost")) {
        try (Conn dialled = dialer.dial("tcp4", host + ":" + port);
            Conn accepted = listener.accept()) {
          assertEquals(dialled.localAddr(), accepted.remoteAddr());
        }
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void whoeverDialsIsGreetedByAddress() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      Job<?> server = crew.start("server", () -> greetAll(listener));
      String address = listener.addr().toString();
      for (int i = 0; i < 3; i++) {
        assertTrue(greeting(address).matches("hello, 127\\.0\\.0\\.1:\\d+\n"));
      }
      listener.close();
      server.failure(NetClosedException.class);
    }
  }

  @Test
  void anAnswerInTimeIsGivenAndALateOneLeavesTheConnectionUsable() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      Conn client = pipe.first();
      Conn server = pipe.second();
      byte[] request = {1, 2};
      crew.start(
          "server",
          () -> {
            server.readFully(new byte[2]);
            server.readFully(new byte[2]);
            server.write(new byte[] {3});
          });
      assertTrue(ask(client, request, 1, Duration.ofMillis(50)).isEmpty());
      assertArrayEquals(
          new byte[] {3}, ask(client, request, 1, Duration.ofSeconds(20)).orElseThrow());
    }
  }

  @Test
  void whoIsNotStartedWithAListenerMakesItsOwn() throws Exception {
    String self = String.valueOf(ProcessHandle.current().pid());
    for (Map<String, String> env :
        List.of(
            Map.<String, String>of(),
            Map.of("LISTEN_PID", "1", "LISTEN_FDS", "1"),
            Map.of("LISTEN_PID", self, "LISTEN_FDS", "0"))) {
      try (Listener own = listener(env, "127.0.0.1:0")) {
        assertEquals("tcp", own.addr().network());
      }
    }
    Map<String, String> passed = Map.of("LISTEN_PID", self, "LISTEN_FDS", "1");
    // Number 3 of this JVM is no socket, or the backend adopts none.
    assertThrows(Exception.class, () -> listener(passed, "127.0.0.1:0"));
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(DialGuideTest.class, 5);
  }
}
