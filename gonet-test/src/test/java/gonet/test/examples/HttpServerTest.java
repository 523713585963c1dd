package gonet.test.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/1.1 as well-behaved clients speak it: what each request is answered with. */
@LeakCheck
@Timeout(180)
@Proves("S15")
class HttpServerTest {
  private static final String HOST = "Host: localhost\r\n";
  private static final Pattern DATE =
      Pattern.compile("Date: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n");

  @TempDir private Path dir;

  private InProcess server;

  @BeforeEach
  void start() throws IOException {
    Site site = Site.of(Files.createDirectory(dir.resolve("site")));
    server = InProcess.start(conn -> HttpSession.serve(conn, site, Limits.defaults()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  /** What the server says to all this, without the dates. */
  private String ask(String request) throws IOException {
    return DATE.matcher(server.exchange(request)).replaceAll("");
  }

  private static String greeting(String more) {
    return "HTTP/1.1 200 OK\r\n"
        + more
        + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, World!";
  }

  private static String echoed(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String post(String fields, String body) {
    return "POST /echo HTTP/1.1\r\n" + HOST + fields + "\r\n" + body;
  }

  @Test
  void aGreetingIsToBeHadWithADateOnIt() throws Exception {
    String answer = server.exchange(get("/plaintext"));
    assertTrue(DATE.matcher(answer).find(), answer);
    assertEquals(greeting(""), DATE.matcher(answer).replaceAll(""));
    assertEquals(greeting(""), ask(get("/plaintext?and=a&query")));
  }

  @Test
  void aShutdownEndsTheConnectionsThatWaitForARequest() throws Exception {
    try (Socket idle = server.connect()) {
      InProcess.send(idle, get("/plaintext"));
      int length = server.exchange(get("/plaintext")).length();
      assertTrue(InProcess.read(idle, length).contains("200 OK"));
      ShutdownReport report = server.shutdown(Duration.ofSeconds(30));
      assertEquals("", InProcess.readAll(idle));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
    }
  }

  @Test
  void aPipelineIsAnsweredInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      String body = String.valueOf(i);
      requests
          .append(get("/plaintext"))
          .append(post("Content-Length: " + body.length() + "\r\n", body));
      answers.append(greeting("")).append(echoed(body));
    }
    assertEquals(answers.toString(), ask(requests.toString()));
  }

  @Test
  void everySplitOfAStreamGivesTheSameAnswers() throws Exception {
    String stream =
        "\r\n"
            + get("/plaintext")
            + post("Transfer-Encoding: chunked\r\n", "3;x=\"y\"\r\nabc\r\n0\r\nT: v\r\n\r\n")
            + "HEAD /plaintext HTTP/1.1\r\n"
            + HOST
            + "\r\n";
    String answers = server.exchange(stream);
    assertTrue(answers.contains("\r\n3\r\nabc\r\n0\r\n\r\n"), answers);
    for (int split = 1; split < stream.length(); split++) {
      try (Socket socket = server.connect()) {
        InProcess.send(socket, stream.substring(0, split));
        InProcess.send(socket, stream.substring(split));
        String got = InProcess.read(socket, answers.length());
        assertEquals(DATE.matcher(answers).replaceAll(""), DATE.matcher(got).replaceAll(""));
      }
    }
    try (Socket socket = server.connect()) {
      for (int i = 0; i < stream.length(); i++) {
        InProcess.send(socket, stream.substring(i, i + 1));
      }
      assertEquals(answers.length(), InProcess.read(socket, answers.length()).length());
    }
  }

  @Test
  void headIsGetWithoutTheBody() throws Exception {
    String head = greeting("").replace("Hello, World!", "");
    assertEquals(
        head + greeting(""), ask(get("/plaintext").replace("GET", "HEAD") + get("/plaintext")));
    Files.writeString(dir.resolve("site/a.txt"), "text");
    String file = ask(get("/files/a.txt").replace("GET", "HEAD"));
    assertTrue(file.endsWith("Content-Length: 4\r\n\r\n"), file);
    String missing = ask(get("/none").replace("GET", "HEAD"));
    assertTrue(missing.startsWith("HTTP/1.1 404 ") && missing.endsWith("\r\n\r\n"), missing);
  }

  @Test
  void aBodyComesBackHoweverItWasSent() throws Exception {
    assertEquals(echoed("abc"), ask(post("Content-Length: 3\r\n", "abc")));
    assertEquals(echoed("abc"), ask(post("content-LENGTH:\t 003 \t\r\n", "abc")));
    assertEquals(echoed(""), ask(post("", "")));
    assertEquals(echoed(""), ask(post("Content-Length: 0\r\n", "")));
    String chunked = echoed("").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    assertEquals(
        chunked + "d\r\nHello, World!\r\n0\r\n\r\n",
        ask(
            post(
                "Transfer-Encoding: Chunked\r\n",
                "7\r\nHello, \r\n006 ; a=b;c\r\nWorld!\r\n0\r\nX: y\r\nZ:\r\n\r\n")));
    assertEquals(chunked + "0\r\n\r\n", ask(post("Transfer-Encoding: chunked\r\n", "000\r\n\r\n")));
  }

  @Test
  void anEchoOfTenMegabytesIsWhole() throws Exception {
    String body = "0123456789".repeat(1_000_000);
    assertEquals(echoed(body), ask(post("Content-Length: " + body.length() + "\r\n", body)));
    StringBuilder chunks = new StringBuilder();
    for (int at = 0; at < body.length(); at += 100_000) {
      chunks.append("186A0\r\n").append(body, at, at + 100_000).append("\r\n");
    }
    String answer = ask(post("Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"));
    assertTrue(answer.endsWith("\r\n\r\n989680\r\n" + body + "\r\n0\r\n\r\n"));
  }

  @Test
  void aClientThatAsksMaySendItsBody() throws Exception {
    try (Socket socket = server.connect()) {
      String go = "HTTP/1.1 100 Continue\r\n\r\n";
      InProcess.send(socket, post("Content-Length: 2\r\nExpect: 100-Continue\r\n", ""));
      assertEquals(go, InProcess.read(socket, go.length()));
      InProcess.send(socket, "ab" + get("/plaintext"));
      socket.shutdownOutput();
      String rest = DATE.matcher(InProcess.readAll(socket)).replaceAll("");
      assertEquals(echoed("ab") + greeting(""), rest);
    }
    // It need not wait, and then it is not told.
    assertEquals(echoed("ab"), ask(post("Content-Length: 2\r\nExpect: 100-continue\r\n", "ab")));
    String old =
        post("Content-Length: 2\r\nExpect: 100-continue\r\n", "ab").replace("/1.1", "/1.0");
    assertTrue(ask(old).startsWith("HTTP/1.1 200 "));
  }

  @Test
  void aClientThatAsksInVainIsToldSoAtOnce() throws Exception {
    String[][] cases = {
      {"404", post("Content-Length: 2\r\nExpect: 100-continue\r\n", "").replace("/echo", "/no")},
      {"413", post("Content-Length: 999999999999\r\nExpect: 100-continue\r\n", "")},
      {"417", post("Content-Length: 2\r\nExpect: a miracle\r\n", "")},
    };
    for (String[] each : cases) {
      try (Socket socket = server.connect()) {
        InProcess.send(socket, each[1]);
        String answer = InProcess.readAll(socket);
        assertTrue(answer.startsWith("HTTP/1.1 " + each[0] + " "), answer);
        assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
      }
    }
  }

  @Test
  void theConnectionStaysForAsLongAsBothWant() throws Exception {
    String close = greeting("Connection: close\r\n");
    assertEquals(
        close,
        ask(get("/plaintext").replace(HOST, HOST + "Connection: close\r\n") + get("/plaintext")));
    assertEquals(
        close,
        ask(
            get("/plaintext").replace(HOST, HOST + "connection: x ,CLOSE\r\n")
                + get("/plaintext")));
    String old = get("/plaintext").replace("/1.1", "/1.0");
    assertEquals(close, ask(old + old));
    assertEquals(close, ask(old.replace(HOST, "")));
    String stays = old.replace(HOST, "Connection: Keep-Alive\r\n");
    assertEquals(greeting("Connection: keep-alive\r\n").repeat(2), ask(stays + stays));
    assertEquals(greeting(""), ask(get("/plaintext").replace("/1.1", "/1.2")));
  }

  @Test
  void theTargetMayBeAWholeAddress() throws Exception {
    assertEquals(greeting(""), ask(get("http://localhost:80/plaintext")));
    assertEquals(greeting(""), ask(get("HTTP://[::1]/plaintext")));
    assertTrue(ask(get("http://localhost")).startsWith("HTTP/1.1 404 "));
    assertTrue(ask(get("*").replace("GET", "OPTIONS")).startsWith("HTTP/1.1 404 "));
  }

  @Test
  void whatIsNotThereOrNotAllowedIsRefusedAndTheConnectionStays() throws Exception {
    String requests =
        get("/")
            + get("/none")
            + get("/plaintext/")
            + get("/PLAINTEXT")
            + get("/files/")
            + get("/files/none")
            + get("/echo")
            + post("Content-Length: 3\r\n", "abc").replace("/echo", "/plaintext")
            + post("Content-Length: 3\r\n", "abc").replace("/echo", "/files/none")
            + get("/plaintext").replace("GET", "DELETE")
            + get("/plaintext");
    List<String> found = new ArrayList<>();
    String answers = server.exchange(requests);
    Pattern.compile("HTTP/1.1 (\\d{3}) ")
        .matcher(answers)
        .results()
        .forEach(m -> found.add(m.group(1)));
    assertEquals(
        List.of("404", "404", "404", "404", "404", "404", "405", "405", "404", "405", "200"),
        found);
    assertTrue(answers.contains("\r\nAllow: POST\r\n"));
    assertTrue(answers.contains("\r\nAllow: GET, HEAD\r\n"));
    assertFalse(answers.contains("Connection: close"), answers);
  }

  @Test
  void filesOfAnySizeAreSent() throws Exception {
    Files.createDirectory(dir.resolve("site/sub"));
    Files.writeString(dir.resolve("site/sub/a b.txt"), "text");
    Files.createFile(dir.resolve("site/empty"));
    String big = "0123456789".repeat(300_001);
    Files.writeString(dir.resolve("site/big.html"), big);
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\ntext",
        ask(get("/files/sub/a%20b.txt")));
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 0\r\n\r\n"
            + greeting(""),
        ask(get("/files/empty") + get("/plaintext")));
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 3000010\r\n\r\n"
            + big
            + greeting(""),
        ask(get("/files/big.html") + get("/plaintext")));
  }

  @Test
  void nothingOutsideOfTheDirectoryIsToBeHad() throws Exception {
    Files.writeString(dir.resolve("secret"), "secret");
    Files.createDirectory(dir.resolve("site/sub"));
    Files.createSymbolicLink(dir.resolve("site/link"), dir.resolve("secret"));
    Files.createSymbolicLink(dir.resolve("site/out"), dir);
    for (String name :
        List.of(
            "../secret",
            "%2e%2e/secret",
            "..%2fsecret",
            "sub/../../secret",
            "sub/..%2f..%2fsecret",
            "link",
            "out/secret",
            "./../secret",
            "/etc/passwd",
            "//etc/passwd",
            "%2fetc%2fpasswd",
            "..\\secret",
            "%5c..%5csecret",
            "a%00",
            "%",
            "%2",
            "%zz",
            "sub",
            "",
            dir.resolve("secret").toString(),
            "%c0%ae%c0%ae/secret")) {
      String answer = ask(get("/files/" + name));
      assertTrue(answer.startsWith("HTTP/1.1 404 "), () -> name + ": " + answer);
      assertFalse(answer.contains("secret"), name);
    }
  }

  @Test
  void theJdksClientIsContent() throws Exception {
    URI uri = URI.create("http://" + server.addr() + "/");
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < 20; i++) {
        HttpRequest get = HttpRequest.newBuilder(uri.resolve("plaintext")).build();
        assertEquals(
            "Hello, World!", client.send(get, HttpResponse.BodyHandlers.ofString()).body());
        HttpRequest post =
            HttpRequest.newBuilder(uri.resolve("echo"))
                .expectContinue(i % 2 == 0)
                .POST(
                    HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofString("body " + i, UTF_8)))
                .build();
        assertEquals("body " + i, client.send(post, HttpResponse.BodyHandlers.ofString()).body());
      }
    }
  }
}
