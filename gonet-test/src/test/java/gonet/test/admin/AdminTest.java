package gonet.test.admin;

import static gonet.test.admin.Asking.get;
import static gonet.test.admin.Asking.post;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.admin.Admin;
import gonet.server.Server;
import gonet.server.ServerState;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.admin.Asking.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@LeakCheck
@Proves("admin")
@Timeout(180)
class AdminTest {

  private static Server echo(String name) throws IOException {
    return Server.builder()
        .name(name)
        .listenOn("tcp", "127.0.0.1:0")
        .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
        .start();
  }

  private static Admin over(Server... servers) throws IOException {
    var builder = Admin.builder();
    for (Server server : servers) {
      builder.server(server);
    }
    return builder.start();
  }

  private static Conn served(Server server) throws IOException {
    Conn conn = Net.dial("tcp", server.addr().toString());
    conn.write(new byte[1]);
    conn.readFully(new byte[1]);
    return conn;
  }

  // ---- well and ready --------------------------------------------------------------------------

  @Test
  void theProgramIsReadyUntilADrainBegins() throws Exception {
    try (Server server = echo("echo");
        Admin admin = over(server)) {
      Answer ready = get(admin.addr(), "/ready");
      assertEquals(200, ready.status(), ready::toString);
      assertEquals("ready\n", ready.text());
      try (Conn guest = served(server)) {
        server.beginShutdown(Duration.ofHours(1));
        await().until(() -> server.state() == ServerState.DRAINING);
        Answer drains = get(admin.addr(), "/ready");
        assertEquals(503, drains.status());
        assertEquals("echo is DRAINING\n", drains.text());
        assertEquals(200, get(admin.addr(), "/health").status());
        guest.closeWrite();
      }
      var _ = server.awaitClosed();
      assertEquals("echo is CLOSED\n", get(admin.addr(), "/ready").text());
    }
  }

  @Test
  void theProgramHasAWordInIt() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    try (Admin admin = Admin.builder().readiness(ready::get).start()) {
      assertEquals(503, get(admin.addr(), "/ready").status());
      ready.set(true);
      assertEquals(200, get(admin.addr(), "/ready").status());
    }
    try (Admin admin =
        Admin.builder()
            .readiness(
                () -> {
                  throw new IllegalStateException("for the test");
                })
            .start()) {
      assertEquals(503, get(admin.addr(), "/ready").status());
    }
  }

  /** More clients than there are places, of which some have begun to speak: the oldest goes. */
  @Test
  void clientsThatSayNothingKeepNoProbeFromItsAnswer() throws Exception {
    List<Conn> silent = new ArrayList<>();
    try (Admin admin = Admin.builder().start()) {
      for (int i = 0; i < 64; i++) {
        Conn conn = Asking.dial(admin.addr());
        silent.add(conn);
        if (i % 2 == 1) {
          conn.write("GET / HT".getBytes(ISO_8859_1));
        }
      }
      for (int i = 0; i < 10; i++) {
        assertEquals(200, get(admin.addr(), "/health").status());
      }
      for (int i = 0; i < 100; i++) {
        silent.add(Asking.dial(admin.addr()));
      }
      assertEquals(200, get(admin.addr(), "/health").status());
    } finally {
      silent.forEach(Conn::close);
    }
  }

  // ---- numbers ---------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"application/openmetrics-text; version=1.0.0,true", "text/plain,false"})
  void theNumbersAreThoseOfTheServers(String accept, boolean openMetrics) throws Exception {
    try (Server server = echo("a\"b\\c");
        Server other = echo("other");
        Admin admin = over(server, other);
        Conn _ = served(server)) {
      await().until(() -> server.stats().firstWrites().count() == 1);
      Answer answer = get(admin.addr(), "/metrics", "Accept: " + accept);
      assertEquals(200, answer.status());
      assertTrue(answer.head().contains("Content-Type: " + accept.replaceAll(";.*", "")));
      String text = answer.text();
      String label = "{server=\"a\\\"b\\\\c\"}";
      assertTrue(text.contains("gonet_server_open" + label + " 1\n"), text);
      assertTrue(text.contains("gonet_server_read_bytes_total" + label + " 1\n"), text);
      assertTrue(text.contains("gonet_server_accepted_total{server=\"other\"} 0\n"), text);
      assertTrue(text.contains("gonet_server_first_read_seconds_count" + label + " 1\n"), text);
      assertTrue(text.contains(",le=\"+Inf\"} 1\n"), text);
      assertTrue(
          text.contains("gonet_server_dropped_total{server=\"other\",reason=\"max_conns\"} 0"));
      assertEquals(openMetrics, text.endsWith("# EOF\n"));
      assertWellFormed(text);
    }
  }

  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z_]+)(\\{[a-z]+=\"([^\"\\\\]|\\\\.)*\"(,[a-z]+=\"([^\"\\\\]|\\\\.)*\")*\\})? [-+.\\deE]+");

  /** Each sample has a line that tells its type, before it, and families stand together. */
  private static void assertWellFormed(String text) {
    List<String> families = new ArrayList<>();
    String family = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        family = line.split(" ")[2];
        assertFalse(families.contains(family), line);
        families.add(family);
      } else if (!line.startsWith("#")) {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        assertTrue(sample.group(1).startsWith(family), () -> line + " stands in the wrong place");
      }
    }
    assertTrue(families.size() > 20);
  }

  @Test
  void thePageGetsTheSameAsJson() throws Exception {
    try (Server server = echo("echo");
        Admin admin = over(server);
        Conn _ = served(server)) {
      String text = get(admin.addr(), "/stats").text();
      assertTrue(text.startsWith("{\"timeMillis\":") && text.endsWith("]}"), text);
      assertTrue(
          text.contains("\"name\":\"echo\",\"addresses\":[\"" + server.addr() + "\"]"), text);
      assertTrue(text.contains("\"open\":1,\"accepted\":1,"), text);
    }
  }

  // ---- connections -----------------------------------------------------------------------------

  @Test
  void connectionsAreFilteredSortedAndCutOff() throws Exception {
    try (Server server = echo("echo");
        Server other = echo("other");
        Admin admin = over(server, other);
        Conn _ = served(server);
        Conn second = served(server);
        Conn _ = served(other)) {
      second.write(new byte[10]);
      second.readFully(new byte[10]);
      assertTrue(get(admin.addr(), "/conns").text().startsWith("{\"matching\":3,\"conns\":[{"));
      String most = get(admin.addr(), "/conns?server=echo&sort=read&limit=1").text();
      assertTrue(most.startsWith("{\"matching\":2,"), most);
      assertTrue(most.contains("\"remote\":\"" + second.localAddr() + "\""), most);
      assertTrue(most.contains("\"bytesRead\":11"), most);
      assertFalse(most.contains("},{"), most);
      assertTrue(get(admin.addr(), "/conns?peer=127.0.0.0/8").text().contains("\"matching\":3"));
      assertTrue(get(admin.addr(), "/conns?peer=10.0.0.0/8").text().contains("\"matching\":0"));
      assertTrue(get(admin.addr(), "/conns?phase=paused").text().contains("\"matching\":0"));
      String lines = get(admin.addr(), "/conns?format=text&server=other").text();
      assertTrue(lines.startsWith("1 connections, 1 shown\nother 1 " + other.addr()), lines);
    }
  }

  @Test
  void aConnectionIsClosedForAPost() throws Exception {
    try (Server server = echo("echo");
        Admin admin = over(server);
        Conn guest = served(server);
        Conn other = served(server)) {
      assertEquals(405, get(admin.addr(), "/conns/close?server=echo&id=1").status());
      Answer closed = post(admin.addr(), "/conns/close?server=echo&id=1");
      assertEquals("closed " + guest.localAddr() + "\n", closed.text());
      assertThrows(IOException.class, () -> guest.readFully(new byte[1]));
      await().until(() -> server.connections() == 1);
      assertEquals(404, post(admin.addr(), "/conns/close?server=echo&id=1").status());
      other.write(new byte[1]);
      other.readFully(new byte[1]);
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  @Test
  void threadsThatWaitInOnePlaceAreOneEntry() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    try (Admin admin = over()) {
      for (int i = 0; i < 50; i++) {
        threads.add(Thread.ofVirtual().name("waits-" + i).start(() -> waitsHere(latch)));
      }
      await().until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
      Answer answer = get(admin.addr(), "/threads");
      assertEquals(200, answer.status(), answer::toString);
      Pattern entry =
          Pattern.compile(
              "(?s).*50 threads, virtual WAITING: \"waits-\\d+\", [^\\n]*\\.\\.\\.\\n(.*)");
      Matcher found = entry.matcher(answer.text());
      assertTrue(found.matches(), answer::text);
      assertTrue(found.group(1).contains("AdminTest.waitsHere"), answer::text);
    } finally {
      latch.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void waitsHere(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the page --------------------------------------------------------------------------------

  @Test
  void thePageNeedsNothingFromElsewhere() throws Exception {
    try (Admin admin = over()) {
      Answer page = get(admin.addr(), "/");
      assertEquals(200, page.status());
      assertTrue(page.head().contains("Content-Security-Policy: default-src 'none'"), page.head());
      String html = page.text();
      String nonce = page.head().replaceAll("(?s).*script-src 'nonce-([0-9a-f]+)'.*", "$1");
      assertTrue(html.contains("<script nonce=\"" + nonce + "\">"), html);
      assertFalse(html.contains("NONCE"), html);
      assertFalse(
          html.replace("http://www.w3.org/2000/svg", "").matches("(?s).*(https?:|//\\w+\\.).*"));
      assertEquals(0, Asking.ask(admin.addr(), "HEAD", "/").body().length);
    }
  }

  // ---- bad input -------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1\\r\\n : x\\r\\n\\r\\n|400|not a header: \" : x\"",
        "hello\\n\\n|400|not a request line of HTTP/1: \"hello\"",
        "GET / HTTP/2.0\\r\\n\\r\\n|400|not a request line",
        "GET http://x/ HTTP/1.1\\r\\n\\r\\n|400|a target that is no path: \"http://x/\"",
        "GET /x?%zz HTTP/1.1\\r\\n\\r\\n|400|not a value of a query: \"%zz\"",
        "GET /nothing HTTP/1.1\\r\\n\\r\\n|404|nothing at this path",
        "PUT /metrics HTTP/1.1\\r\\n\\r\\n|405|only GET",
        "GET /conns?limit=0 HTTP/1.1\\r\\n\\r\\n|400|limit is a number from 1 to 10000, not \"0\"",
        "GET /conns?sort=x HTTP/1.1\\r\\n\\r\\n|400|sort is age or read or written or id, not \"x\"",
        "GET /conns?phase=x HTTP/1.1\\r\\n\\r\\n|400|phase is",
        "GET /conns?peer=x HTTP/1.1\\r\\n\\r\\n|400|peer is",
        "GET /conns?server=x HTTP/1.1\\r\\n\\r\\n|404|no such server",
        "POST /conns/close?server=x HTTP/1.1\\r\\n\\r\\n|400|id is a number, not \"\"",
        "POST /conns/close?id=1 HTTP/1.1\\r\\n\\r\\n|400|server is missing",
        "POST /recording?seconds=9999 HTTP/1.1\\r\\n\\r\\n|400|seconds is a number from 1 to 600",
      })
  void aRequestThatIsWrongIsToldWhy(String request, int status, String text) throws Exception {
    try (Admin admin = over()) {
      Answer answer = Asking.send(admin.addr(), request.replace("\\r", "\r").replace("\\n", "\n"));
      assertEquals(status, answer.status(), answer::toString);
      assertTrue(answer.text().contains(text), answer::text);
    }
  }

  /** Nobody reads the body, and the answer arrives all the same. */
  @Test
  void aBodyIsLeftAlone() throws Exception {
    try (Admin admin = over()) {
      String body = "x".repeat(100_000);
      Answer answer =
          Asking.send(
              admin.addr(),
              "POST /conns/close?id=1 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + body);
      assertEquals(400, answer.status());
    }
  }

  @Test
  void aHeadThatDoesNotEndIsCutOff() throws Exception {
    try (Admin admin = over()) {
      try (Conn conn = Asking.dial(admin.addr())) {
        conn.write(
            ("GET / HTTP/1.1\r\nX: " + "x".repeat(8192)).substring(0, 8192).getBytes(ISO_8859_1));
        assertEquals(431, Asking.answer(conn).status());
      }
      try (Conn conn = Asking.dial(admin.addr())) {
        conn.write("GET / HT".getBytes(ISO_8859_1));
        conn.closeWrite();
        assertEquals(400, Asking.answer(conn).status());
      }
      try (Conn conn = Asking.dial(admin.addr())) {
        conn.closeWrite();
        assertEquals(-1, conn.read(new byte[1]));
      }
    }
  }

  @Test
  void aListenerOfOnesOwnIsClosedWithIt() throws Exception {
    var listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
    try (Admin admin = Admin.builder().listener(listener).start()) {
      assertEquals(listener.addr(), admin.addr());
      assertEquals("admin " + admin.addr(), admin.toString());
      assertEquals(200, get(admin.addr(), "/health").status());
    }
    assertThrows(IOException.class, listener::accept);
  }
}
