package gonet.test.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpExchangeTest {
  private final List<String> complaints = new ArrayList<>();
  private HttpExchange exchange;

  @BeforeEach
  void begin() throws IOException {
    exchange = exchange("http://example.org/a?b", 0);
  }

  private HttpExchange exchange(String url, int bodyBytes) throws IOException {
    Target target = Target.parse(url, new Target.Trust(null, false), Duration.ofSeconds(1));
    HttpExchange made = new HttpExchange(target, bodyBytes, complaints::add);
    made.begin();
    return made;
  }

  /** How many answers end in it, in steps of so many bytes. */
  private int answers(String text, int step) throws IOException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int answers = 0;
    for (int at = 0; at < bytes.length; at += step) {
      answers += exchange.answers(bytes, at, Math.min(step, bytes.length - at));
    }
    return answers;
  }

  private void assertAnswers(int expected, String text) throws IOException {
    for (int step : new int[] {1, 2, 3, 7, text.length()}) {
      exchange.begin();
      assertEquals(expected, answers(text, step), "in steps of " + step);
      assertEquals(0, answers("HTTP/1.1 200", step), "nothing is left over");
    }
  }

  @Test
  void aRequestNamesPathAndHost() throws Exception {
    assertEquals(
        "GET /a?b HTTP/1.1\r\nHost: example.org\r\n\r\n", new String(exchange.request(), US_ASCII));
    assertEquals(
        "POST / HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Type: application/octet-stream\r\n"
            + "Content-Length: 3\r\n\r\n\0\0\0",
        new String(exchange("http://[::1]:8080", 3).request(), US_ASCII));
  }

  @Test
  void anAnswerEndsWhereItsLengthOrItsLastChunkSays() throws Exception {
    assertAnswers(1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assertAnswers(1, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    assertAnswers(1, "HTTP/1.1 204 No Content\r\n\r\n");
    String chunks = "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
    assertAnswers(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n" + chunks);
    assertAnswers(1, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    assertAnswers(2, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".repeat(2));
    assertEquals(List.of(), complaints);
  }

  @Test
  void aStatusOfFourHundredAndAboveIsNamed() throws Exception {
    assertEquals(1, answers("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 4));
    assertEquals(List.of("HTTP 503"), complaints);
  }

  @Test
  void aServerMaySayThatItAnswersNothingMore() throws Exception {
    assertFalse(exchange.isOver());
    String last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assertEquals(1, answers(last, 100));
    assertTrue(exchange.isOver());
    exchange.begin();
    assertFalse(exchange.isOver());
  }

  @Test
  void whatIsNoAnswerIsRefused() {
    for (String text :
        List.of(
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 2x0 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nuntil the end",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nA: " + "a".repeat(70_000))) {
      exchange.begin();
      assertThrows(ProtocolException.class, () -> answers(text, text.length()), text);
    }
  }
}
