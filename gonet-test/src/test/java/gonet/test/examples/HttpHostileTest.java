package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 as nobody should speak it: messages of two meanings, too long, or too slow. */
@LeakCheck
@Timeout(180)
@Proves("S15")
class HttpHostileTest {
  private static final String HOST = "Host: a\r\n";
  private static final String GET = "GET /plaintext HTTP/1.1\r\n";
  private static final String POST = "POST /echo HTTP/1.1\r\n" + HOST;
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  /** What hides behind a message must never be taken for a request. */
  private static final String HIDDEN = "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";

  private InProcess server;

  private void start(Limits limits) throws IOException {
    server = InProcess.start(conn -> HttpSession.serve(conn, Site.withoutFiles(), limits));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Holds that each message gets this status, and that the connection is closed behind it. */
  private void assertRefused(int status, String... messages) throws IOException {
    if (server == null) {
      start(Limits.defaults());
    }
    for (String message : messages) {
      String answer = server.exchange(HIDDEN + message + HIDDEN);
      int second = answer.indexOf("HTTP/1.1 ", 1);
      assertTrue(answer.startsWith("HTTP/1.1 200 ") && second > 0, () -> message + ": " + answer);
      String refusal = answer.substring(second);
      assertTrue(refusal.startsWith("HTTP/1.1 " + status + " "), () -> message + ": " + refusal);
      assertTrue(refusal.contains("\r\nConnection: close\r\n"), () -> message + ": " + refusal);
      assertEquals(0, refusal.lastIndexOf("HTTP/1.1 "), () -> message + ": " + refusal);
    }
  }

  @Test
  void aBodyOfTwoLengthsIsRefused() throws Exception {
    assertRefused(
        400,
        POST + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + "Content-Length: 3, 3\r\n\r\nabc",
        POST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
        GET + HOST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  }

  @Test
  void aLengthThatIsNoNumberIsRefused() throws Exception {
    for (String length : List.of("", "+3", "-3", "0x3", "3 3", "3;", "3.0", "three", "\u00b3")) {
      assertRefused(400, POST + "Content-Length: " + length + "\r\n\r\nabc");
    }
  }

  @Test
  void aCodingWithoutAnEndIsRefused() throws Exception {
    for (String coding :
        List.of(
            "",
            "gzip",
            "chunked, gzip",
            "chunked;q=1",
            "xchunked",
            "\"chunked\"",
            "chunked,",
            "identity")) {
      assertRefused(400, POST + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n");
    }
    assertRefused(400, CHUNKED.replace("/1.1", "/1.0") + "0\r\n\r\n");
    assertRefused(501, POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  }

  @Test
  void aBadChunkIsRefused() throws Exception {
    for (String chunk :
        List.of(
            "\r\n",
            "x\r\n",
            "0x3\r\nabc\r\n",
            "+3\r\nabc\r\n",
            "-3\r\nabc\r\n",
            " 3\r\nabc\r\n",
            "3 \r\nabc\r\n",
            "3\nabc\r\n",
            "3\rabc\r\n",
            "3\r\r\nabc\r\n",
            "3\r\nabcd\r\n",
            "3\r\nabc\n",
            "3\r\nabc\r",
            "3\r\nabc0\r\n",
            "3;a\nb\r\nabc\r\n",
            "3;\0\r\nabc\r\n",
            "3 x\r\nabc\r\n",
            ";a\r\n",
            "3,\r\nabc\r\n",
            "3;" + "x".repeat(5000) + "\r\nabc\r\n",
            "1;a\r\nx\r\n".repeat(5000))) {
      assertRefused(400, CHUNKED + chunk + "0\r\n\r\n");
    }
    assertRefused(
        413, CHUNKED + "100000000\r\n", CHUNKED + "ffffffffffffffff3\r\nabc\r\n0\r\n\r\n");
  }

  @Test
  void badTrailersAreRefused() throws Exception {
    assertRefused(
        400,
        CHUNKED + "0\r\na b\r\n\r\n",
        CHUNKED + "0\r\n: x\r\n\r\n",
        CHUNKED + "0\r\n x: y\r\n\r\n",
        CHUNKED + "0\r\nx: y\n\r\n",
        CHUNKED + "0\r\n\n");
    assertRefused(431, CHUNKED + "0\r\n" + "Trailer: value\r\n".repeat(2000) + "\r\n");
  }

  @Test
  void aHostThatIsMissingDoubledOrNoneIsRefused() throws Exception {
    assertRefused(
        400,
        GET + "\r\n",
        GET + HOST + HOST + "\r\n",
        GET + HOST + "Host: b\r\n\r\n",
        GET + "Host: a b\r\n\r\n",
        GET + "Host: a/b\r\n\r\n",
        GET + "Host: u@a\r\n\r\n",
        GET + "Host: a\0\r\n\r\n",
        GET.replace("/1.1", "/1.0") + HOST + HOST + "\r\n");
  }

  @Test
  void aFieldThatOthersMayReadDifferentlyIsRefused() throws Exception {
    for (String field :
        List.of(
            "Name : v",
            " Name: v",
            "\tName: v",
            "Name",
            ": v",
            "Na me: v",
            "Name: a\rb",
            "Name: a\nb",
            "Name: a\0b",
            "Name: a\u0001b",
            "Name: \u007f",
            "Na\0me: v",
            "Name: v\r\n folded",
            "N\u00e4me: v",
            "Content-Length : 3",
            "Transfer-Encoding\t: chunked")) {
      assertRefused(400, GET + HOST + field + "\r\n\r\n");
    }
    assertRefused(
        400,
        GET + "Host: a\n\n",
        "GET /plaintext HTTP/1.1\nHost: a\n\n",
        GET + HOST + "\n",
        GET + HOST + "\rX");
  }

  @Test
  void aBadRequestLineIsRefused() throws Exception {
    String rest = "\r\n" + HOST + "\r\n";
    for (String line :
        List.of(
            "GET",
            "GET /plaintext",
            "GET  /plaintext HTTP/1.1",
            "GET /plaintext  HTTP/1.1",
            "GET /plaintext HTTP/1.1 ",
            " GET /plaintext HTTP/1.1",
            "GET\t/plaintext\tHTTP/1.1",
            "GET /plain text HTTP/1.1",
            "GET /plaintext http/1.1",
            "GET /plaintext HTTP/1.1\r",
            "GET /plaintext HTTP/11",
            "GET /plaintext HTTP/1.x",
            "GET /plaintext HTTP/1.10",
            "GET /plaintext HTP/1.1",
            "GET plaintext HTTP/1.1",
            "GET * HTTP/1.1",
            "GET http://u@a/plaintext HTTP/1.1",
            "GET http:///plaintext HTTP/1.1",
            "GET https://a/plaintext HTTP/1.1",
            "GET /plaintext#x HTTP/1.1",
            "GET /pl\0aintext HTTP/1.1",
            "GET /pl\u00e4in HTTP/1.1",
            "G\0T /plaintext HTTP/1.1",
            "GE(T /plaintext HTTP/1.1",
            "\r\n\r\nGET /plaintext HTTP/1.1",
            "\rGET /plaintext HTTP/1.1")) {
      assertRefused(400, line + rest);
    }
    assertRefused(
        505,
        "GET /plaintext HTTP/2.0" + rest,
        "GET /plaintext HTTP/0.9" + rest,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assertRefused(
        501,
        "get /plaintext HTTP/1.1" + rest,
        "BREW /plaintext HTTP/1.1" + rest,
        "CONNECT a:443 HTTP/1.1" + rest);
  }

  @Test
  void whatIsTooLongIsRefused() throws Exception {
    assertRefused(414, "GET /" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n");
    assertRefused(414, "GET /" + "x".repeat(50_000));
    assertRefused(431, GET + HOST + "X: " + "y".repeat(17_000) + "\r\n\r\n");
    assertRefused(431, GET + HOST + "X: y\r\n".repeat(10_000) + "\r\n");
    assertRefused(431, GET + HOST + "x".repeat(100_000));
    assertRefused(413, POST + "Content-Length: 16777217\r\n\r\n");
    assertRefused(413, POST + "Content-Length: 99999999999999999999999\r\n\r\n");
    assertRefused(413, CHUNKED + "1000001\r\n");
  }

  @Test
  void whatIsJustNotTooLongIsServed() throws Exception {
    start(Limits.defaults());
    String target = "/" + "x".repeat(8000);
    assertTrue(
        server
            .exchange("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n")
            .startsWith("HTTP/1.1 404 "));
    assertTrue(
        server
            .exchange(GET + HOST + "X: " + "y".repeat(16_000) + "\r\n\r\n")
            .startsWith("HTTP/1.1 200 "));
  }

  private static Limits quick() {
    Limits d = Limits.defaults();
    return new Limits(
        d.lineBytes(),
        d.headBytes(),
        d.bodyBytes(),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        10_000,
        Duration.ofMillis(300));
  }

  @Test
  void aHeadThatDripsIsEndedAtItsDeadlineNotAfterEachByte() throws Exception {
    start(quick());
    try (Socket socket = server.connect()) {
      drip(socket, GET + HOST + "X: " + "y".repeat(10_000), 100);
      assertTrue(InProcess.readAll(socket).startsWith("HTTP/1.1 408 "));
    }
  }

  @Test
  void aBodyThatDripsIsEnded() throws Exception {
    start(quick());
    for (String head : List.of(POST + "Content-Length: 100000\r\n\r\n", CHUNKED + "186a0\r\n")) {
      try (Socket socket = server.connect()) {
        InProcess.send(socket, head);
        drip(socket, "y".repeat(10_000), 100);
        assertTrue(InProcess.readAll(socket).startsWith("HTTP/1.1 408 "));
      }
    }
  }

  /** Sends byte by byte, a hundred of them in a second at most, until the server answers. */
  private static void drip(Socket socket, String text, int perSecond) throws IOException {
    int[] at = {0};
    Awaitility.await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(1000 / perSecond))
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              InProcess.send(socket, text.substring(at[0], ++at[0]));
              return socket.getInputStream().available() > 0;
            });
  }

  @Test
  void aBodyThatKeepsUpItsRateMayTakeLongerThanTheFirstPatience() throws Exception {
    Limits d = quick();
    start(
        new Limits(
            d.lineBytes(),
            d.headBytes(),
            d.bodyBytes(),
            d.idle(),
            d.head(),
            d.body(),
            100,
            d.write()));
    try (Socket socket = server.connect()) {
      String body = "y".repeat(600);
      InProcess.send(socket, POST + "Content-Length: 600\r\n\r\n");
      int[] at = {0};
      Awaitility.await()
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                InProcess.send(socket, body.substring(at[0], at[0] + 50));
                at[0] += 50;
                return at[0] == 600;
              });
      assertTrue(InProcess.read(socket, 15).startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() throws Exception {
    start(quick());
    try (Socket fresh = server.connect();
        Socket used = server.connect()) {
      InProcess.send(used, HIDDEN);
      assertTrue(InProcess.readAll(used).endsWith("\r\n\r\nHello, World!"));
      assertEquals("", InProcess.readAll(fresh));
    }
  }

  @Test
  void aClientThatDoesNotReadIsGivenUp() throws Exception {
    start(quick());
    try (Socket socket = server.connect()) {
      String body = "z".repeat(10_000_000);
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 5; i++) {
                        InProcess.send(socket, POST + "Content-Length: 10000000\r\n\r\n" + body);
                      }
                    } catch (IOException e) {
                      // As it should be.
                    }
                  });
      Awaitility.await().until(() -> server.open() == 1);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> server.open() == 0);
      sender.join();
    }
  }

  @Test
  void manySlowClientsDoNotHoldUpTheOthers() throws Exception {
    Limits d = Limits.defaults();
    start(d);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = server.connect();
        slow.add(socket);
        InProcess.send(socket, i % 2 == 0 ? GET + "Ho" : POST + "Content-Length: 9\r\n\r\na");
      }
      for (int i = 0; i < 100; i++) {
        assertTrue(server.exchange(HIDDEN).startsWith("HTTP/1.1 200 "));
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
