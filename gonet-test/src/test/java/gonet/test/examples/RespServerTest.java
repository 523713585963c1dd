package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Redis protocol: what its commands answer, in whatever form and pieces they come. */
@LeakCheck
@Timeout(180)
@Proves("S15")
class RespServerTest {
  private InProcess server;

  @BeforeEach
  void start() throws IOException {
    Keyspace keyspace = new Keyspace();
    server = InProcess.start(conn -> RespSession.serve(conn, keyspace));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aShutdownEndsIdleClientsAndAnswersRequestsThatHaveBegun() throws Exception {
    try (Socket idle = server.connect();
        Socket busy = server.connect()) {
      InProcess.send(idle, "PING\r\n");
      assertEquals("+PONG\r\n", InProcess.read(idle, 7));
      InProcess.send(busy, "PING\r\nPI");
      assertEquals("+PONG\r\n", InProcess.read(busy, 7));
      FutureTask<ShutdownReport> report =
          new FutureTask<>(() -> server.shutdown(Duration.ofSeconds(30)));
      Thread.startVirtualThread(report);
      assertEquals("", InProcess.readAll(idle));
      InProcess.send(busy, "NG\r\n");
      assertEquals("+PONG\r\n", InProcess.readAll(busy));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
    }
  }

  /** Sends lines of words, and holds that the replies are these; {@code |} stands for CR LF. */
  private void assertReplies(String replies, String... lines) throws IOException {
    String request = String.join("\r\n", lines) + "\r\n";
    assertEquals(replies, server.exchange(request).replace("\r\n", "|"));
  }

  /** The other form of a request. */
  static String bulks(String... words) {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      request.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return request.toString();
  }

  @Test
  void bothFormsOfARequestAreUnderstoodInAnyCase() throws Exception {
    assertReplies("+PONG|+PONG|+PONG|", "PING", "ping", "pInG");
    assertEquals("+OK\r\n$1\r\nv\r\n", server.exchange(bulks("sEt", "k", "v") + bulks("GET", "k")));
    assertEquals(
        "$2\r\nhi\r\n$0\r\n\r\n", server.exchange(bulks("PING", "hi") + bulks("echo", "")));
  }

  @Test
  void valuesMayHoldAnyByte() throws Exception {
    String value = "\0\r\n$*\u00ff";
    assertEquals(
        "+OK\r\n$6\r\n" + value + "\r\n",
        server.exchange(bulks("SET", "\r\n", value) + bulks("GET", "\r\n")));
  }

  @Test
  void wordsOfALineMayBeQuoted() throws Exception {
    assertReplies(
        "$5|a \" b|$3|\n\u0001\\|$4|it's|$3|\\xz|$2|ab|",
        "ECHO \"a \\\" b\"",
        "  ECHO\t\"\\n\\x01\\\\\"  ",
        "ECHO 'it\\'s'",
        "ECHO '\\xz'",
        "",
        "   ",
        "ECHO a\"b\"");
  }

  @Test
  void stringsAreSetReadCountedAndDeleted() throws Exception {
    assertReplies("$-1|+OK|$1|1|+OK|$1|2|", "GET a", "SET a 1", "GET a", "SET a 2", "GET a");
    assertReplies(
        "$-1|$1|2|+OK|$-1|$-1|", "SET a 3 NX", "SET a 3 GET", "SET a 4 xx", "SET b 1 XX", "GET b");
    assertReplies(":5|:6|:1|", "INCR a", "INCR a", "INCR new");
  }

  @Test
  void severalKeysAreSetAndDeletedAtOnce() throws Exception {
    assertReplies(
        "+OK|$1|1|$1|3|:2|:2|:0|",
        "MSET a 1 b 2 b 3",
        "GET a",
        "GET b",
        "EXISTS a b c",
        "DEL a b c",
        "DBSIZE");
  }

  @Test
  void countingStopsWhereNumbersEnd() throws Exception {
    assertReplies(
        "+OK|:9223372036854775807|-ERR increment or decrement would overflow|"
            + "+OK|:-9223372036854775807|",
        "SET n 9223372036854775806",
        "INCR n",
        "INCR n",
        "SET n -9223372036854775808",
        "INCR n");
    for (String bad : List.of("x", "''", "1.0", "+1", "01", "-0", "9223372036854775808", "' 1'")) {
      assertReplies("+OK|-ERR value is not an integer or out of range|", "SET n " + bad, "INCR n");
    }
  }

  @Test
  void listsGrowAndShrinkAtBothEnds() throws Exception {
    assertReplies(
        ":1|:3|*3|$1|c|$1|b|$1|a|:4|$1|c|$1|z|*2|$1|b|$1|a|:0|$-1|*-1|",
        "LPUSH l a",
        "LPUSH l b c",
        "LRANGE l 0 -1",
        "RPUSH l z",
        "LPOP l",
        "RPOP l",
        "LPOP l 9",
        "EXISTS l",
        "RPOP l",
        "LPOP l 2");
    assertReplies("*-1|*0|*0|", "LPOP none 0", "LRANGE none 0 -1", "LRANGE none 5 1");
  }

  @Test
  void aRangeIsCutToTheList() throws Exception {
    assertReplies(
        ":3|*3|$1|a|$1|b|$1|c|*1|$1|b|*2|$1|b|$1|c|*0|*0|*3|$1|a|$1|b|$1|c|",
        "RPUSH l a b c",
        "LRANGE l -100 100",
        "LRANGE l 1 1",
        "LRANGE l -2 -1",
        "LRANGE l 3 9",
        "LRANGE l 2 1",
        "LRANGE l -9223372036854775808 9223372036854775807");
  }

  @Test
  void setsGiveEachMemberOnce() throws Exception {
    assertReplies(":2|:1|:0|*0|", "SADD s a b a", "SADD s b c", "SADD s a", "SPOP s 0");
    StringBuilder popped = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      popped.append(server.exchange("SPOP s\r\n").charAt(4));
    }
    assertEquals(
        "abc",
        popped
            .chars()
            .sorted()
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString());
    assertReplies("$-1|:0|*0|", "SPOP s", "EXISTS s", "SPOP s 5");
  }

  @Test
  void hashesCountNewFieldsOnly() throws Exception {
    assertReplies(":2|:1|:0|", "HSET h a 1 b 2", "HSET h a 3 c 4", "HSET h c 5");
  }

  @Test
  void sortedSetsGiveTheLowestFirst() throws Exception {
    assertReplies(
        ":3|:0|*2|$1|b|$2|-1|*4|$1|c|$3|2.5|$1|a|$3|inf|*0|:0|",
        "ZADD z 1 a -1 b 2.5 c",
        "ZADD z inf a",
        "ZPOPMIN z",
        "ZPOPMIN z 9",
        "ZPOPMIN z",
        "EXISTS z");
    assertReplies(
        ":3|:0|:1|:0|*4|$1|a|$1|0|$1|b|$1|0|",
        "ZADD z 0 b 0 a 3 c",
        "ZADD z NX 9 a",
        "ZADD z XX CH 2 c",
        "ZADD z GT 1 c",
        "ZPOPMIN z 2");
  }

  @Test
  void scoresAreWrittenAsShortAsTheyCanBe() throws Exception {
    assertReplies(
        ":1|*2|$1|m|$5|1e+20|:1|*2|$1|m|$3|0.1|:1|*2|$1|m|$7|1.5e-10|",
        "ZADD z 1e20 m",
        "ZPOPMIN z",
        "ZADD z 0.1 m",
        "ZPOPMIN z",
        "ZADD z 0.00000000015 m",
        "ZPOPMIN z");
  }

  @Test
  void errorsAreSpelledAsRedisSpellsThem() throws Exception {
    assertReplies(
        "-ERR unknown command 'nope', with args beginning with: 'a' 'b c' |", "nope a 'b c'");
    assertReplies("-ERR wrong number of arguments for 'get' command|", "GET");
    assertReplies("-ERR wrong number of arguments for 'mset' command|", "mset a 1 b");
    assertReplies("-ERR wrong number of arguments for 'hset' command|", "HSET a b c d");
    assertReplies("-ERR wrong number of arguments for 'ping' command|", "PING a b");
    assertReplies("-ERR syntax error|", "SET a b huh");
    assertReplies("-ERR syntax error|", "SET a b NX XX");
    assertReplies("-ERR syntax error|", "ZADD z 1 a 2");
    assertReplies("-ERR value is not a valid float|", "ZADD z one a");
    assertReplies("-ERR value is not a valid float|", "ZADD z nan a");
    assertReplies("-ERR value is not a valid float|", "ZADD z 1e400 a");
    assertReplies("-ERR value is not a valid float|", "ZADD z -1e400 a");
    assertReplies("-ERR value is not an integer or out of range|", "LRANGE l a 1");
    assertReplies("-ERR value is out of range, must be positive|", "LPOP l -1");
    assertReplies("-ERR value is out of range, must be positive|", "SPOP l -1");
    assertReplies(
        "-ERR XX and NX options at the same time are not compatible|", "ZADD z NX XX 1 a");
  }

  @Test
  void aCommandForAnotherTypeChangesNothing() throws Exception {
    String wrong = "-WRONGTYPE Operation against a key holding the wrong kind of value|";
    assertReplies(
        "+OK|" + wrong.repeat(7) + "$1|v|",
        "SET s v",
        "LPUSH s a",
        "RPOP s",
        "LRANGE s 0 1",
        "SADD s a",
        "HSET s a b",
        "ZADD s 1 a",
        "ZPOPMIN s",
        "GET s");
    assertReplies(
        ":1|" + wrong.repeat(2) + "+OK|$1|v|", "LPUSH l a", "GET l", "INCR l", "SET l v", "GET l");
  }

  @Test
  void nothingOfAFailedCommandIsDone() throws Exception {
    assertReplies("-ERR value is not a valid float|:0|", "ZADD z 1 a two b", "EXISTS z");
  }

  @Test
  void toolsGetTheAnswersTheyAskForAtTheirStart() throws Exception {
    assertReplies(
        "*2|$4|save|$0||*2|$10|appendonly|$2|no|*0|",
        "CONFIG GET save",
        "config get APPENDONLY",
        "CONFIG GET nothing");
    assertReplies(
        "*0|*1|*6|$3|get|:2|*1|+readonly|:1|:1|:1|*1|*-1|",
        "COMMAND DOCS",
        "COMMAND INFO get",
        "COMMAND INFO none");
    assertTrue(server.exchange("COMMAND\r\n").startsWith("*"));
    assertReplies("+OK|-ERR DB index is out of range|+OK|", "SELECT 0", "SELECT 1", "FLUSHALL");
  }

  @Test
  void quitAnswersAndEndsTheConnection() throws Exception {
    assertReplies("+PONG|+OK|", "PING", "QUIT", "PING");
  }

  @Test
  void whoSpeaksHttpIsShownTheDoorBeforeAnythingIsDone() throws Exception {
    assertReplies("", "POST / HTTP/1.1", "SET hacked 1");
    assertReplies("", "Host: localhost", "SET hacked 1");
    assertReplies("$-1|", "GET hacked");
  }

  @Test
  void whatIsNoRequestIsNamedAndEndsTheConnection() throws Exception {
    String[][] cases = {
      {"invalid multibulk length", "*1048577\r\n"},
      {"invalid multibulk length", "*9223372036854775808\r\n"},
      {"invalid multibulk length", "*x\r\n"},
      {"invalid multibulk length", "*\r\n"},
      {"invalid bulk length", "*1\r\n$-1\r\n"},
      {"invalid bulk length", "*1\r\n$536870913\r\n"},
      {"invalid bulk length", "*1\r\n$99999999999999999999\r\n"},
      {"invalid bulk length", "*1\r\n$+1\r\nx\r\n"},
      {"expected '$', got ':'", "*1\r\n:1\r\n"},
      {"expected '$', got '?'", "*1\r\n\u0007\r\n"},
      {"unbalanced quotes in request", "ECHO \"a\r\n"},
      {"unbalanced quotes in request", "ECHO 'a'b\r\n"},
    };
    for (String[] each : cases) {
      String answer = server.exchange("PING\r\n" + each[1] + "PING\r\n".repeat(100));
      assertEquals("+PONG\r\n-ERR Protocol error: " + each[0] + "\r\n", answer, each[1]);
    }
  }

  @Test
  void aLineWithoutEndIsRefused() throws Exception {
    String[][] cases = {
      {"inline request", "x"}, {"mbulk count string", "*1"}, {"bulk count string", "*1\r\n$1"},
    };
    for (String[] each : cases) {
      assertEquals(
          "-ERR Protocol error: too big " + each[0] + "\r\n",
          server.exchange(each[1] + "1".repeat(70_000)));
    }
  }

  @Test
  void emptyArraysAndLinesAreNoRequests() throws Exception {
    assertEquals("+PONG\r\n", server.exchange("*0\r\n\r\n*-1\r\n\n  \r\n*1\r\n$4\r\nPING\r\n"));
  }

  @Test
  void everySplitOfAStreamGivesTheSameReplies() throws Exception {
    String stream =
        "ECHO 'a b'\r\n" + bulks("SET", "k", "\r\n") + "*0\r\n" + bulks("GET", "k") + "PING\r\n";
    String replies = server.exchange(stream);
    assertEquals("$3\r\na b\r\n+OK\r\n$2\r\n\r\n\r\n+PONG\r\n", replies);
    for (int split = 1; split < stream.length(); split++) {
      try (Socket socket = server.connect()) {
        InProcess.send(socket, stream.substring(0, split));
        InProcess.send(socket, stream.substring(split));
        assertEquals(replies, InProcess.read(socket, replies.length()), "split at " + split);
      }
    }
    try (Socket socket = server.connect()) {
      for (int i = 0; i < stream.length(); i++) {
        InProcess.send(socket, stream.substring(i, i + 1));
      }
      assertEquals(replies, InProcess.read(socket, replies.length()));
    }
  }

  @Test
  void aLongPipelineIsAnsweredInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    StringBuilder replies = new StringBuilder();
    for (int i = 1; i <= 50_000; i++) {
      requests.append(bulks("INCR", "n"));
      replies.append(':').append(i).append("\r\n");
    }
    assertEquals(replies.toString(), server.exchange(requests.toString()));
  }

  @Test
  void valuesLongerThanAnyBufferComeBackWhole() throws Exception {
    String big = "0123456789abcdef".repeat(200_000);
    assertEquals(
        "+OK\r\n$" + big.length() + "\r\n" + big + "\r\n+PONG\r\n",
        server.exchange(bulks("SET", "k", big) + bulks("GET", "k") + "PING\r\n"));
    String some = "x".repeat(1000);
    assertEquals(":100\r\n", server.exchange(bulks(push(some, 100))));
    assertEquals(
        "*101\r\n"
            + ("$1000\r\n" + some + "\r\n").repeat(100)
            + "$"
            + big.length()
            + "\r\n"
            + big
            + "\r\n+PONG\r\n",
        server.exchange(bulks("RPUSH", "l", big) + "LRANGE l 0 -1\r\nPING\r\n").substring(6));
  }

  private static String[] push(String value, int times) {
    List<String> words = new ArrayList<>(List.of("RPUSH", "l"));
    for (int i = 0; i < times; i++) {
      words.add(value);
    }
    return words.toArray(String[]::new);
  }

  @Test
  void whatAClientAnnouncesCostsNothing() throws Exception {
    long before = used();
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket socket = server.connect();
        clients.add(socket);
        InProcess.send(socket, "PING\r\n*1048576\r\n$536870912\r\nx");
        assertEquals("+PONG\r\n", InProcess.read(socket, 7));
      }
      long more = used() - before;
      assertTrue(more < 20_000_000, () -> more + " bytes for 50 promises");
    } finally {
      for (Socket socket : clients) {
        socket.close();
      }
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void commandsOfManyClientsAreAtomic() throws Exception {
    List<Future<String>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Callable<String> client = () -> server.exchange("INCR n\r\n".repeat(500));
        clients.add(threads.submit(client));
      }
    }
    for (Future<String> client : clients) {
      assertEquals(500, client.get().lines().count());
    }
    assertReplies("$5|10000|", "GET n");
  }

  @Test
  void aClientThatDoesNotReadHoldsUpNobodyElse() throws Exception {
    String big = "x".repeat(1_000_000);
    assertEquals("+OK\r\n", server.exchange(bulks("SET", "k", big)));
    try (Socket deaf = server.connect()) {
      InProcess.send(deaf, "GET k\r\n".repeat(100));
      for (int i = 0; i < 20; i++) {
        assertReplies("+PONG|", "PING");
      }
    }
  }

  @Test
  void manyKeysComeAndGo() throws Exception {
    StringBuilder requests = new StringBuilder();
    StringBuilder replies = new StringBuilder();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5000; i++) {
        requests.append("SET key").append(i).append(' ').append(i).append("\r\n");
        replies.append("+OK\r\n");
      }
      for (int i = 0; i < 5000; i++) {
        String value = String.valueOf(i);
        requests.append("GET key").append(i).append("\r\nDEL key").append(i).append("\r\n");
        replies
            .append('$')
            .append(value.length())
            .append("\r\n")
            .append(value)
            .append("\r\n:1\r\n");
      }
    }
    requests.append("DBSIZE\r\n");
    replies.append(":0\r\n");
    assertEquals(replies.toString(), server.exchange(requests.toString()));
  }
}
