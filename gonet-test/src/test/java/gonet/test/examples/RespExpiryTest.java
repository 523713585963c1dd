package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys of the Redis example that expire, by a clock that the test moves. */
@LeakCheck
@Timeout(180)
class RespExpiryTest {
  private static final String SYNTAX = "-ERR syntax error|";
  private static final String NO_INTEGER = "-ERR value is not an integer or out of range|";

  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private InProcess server;

  @BeforeEach
  void start() throws IOException {
    Keyspace keyspace = new Keyspace(() -> Instant.ofEpochMilli(millis.get()));
    server = InProcess.start(conn -> RespSession.serve(conn, keyspace));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String replies(String... lines) throws IOException {
    return server.exchange(String.join("\r\n", lines) + "\r\n").replace("\r\n", "|");
  }

  @Test
  void aKeyIsGoneWhenItsTimeIsOverAndNotBefore() throws Exception {
    assertEquals("+OK|+OK|", replies("SET s v EX 2", "set ms v px 2000"));
    millis.addAndGet(1999);
    assertEquals("$1|v|$1|v|:2|", replies("GET s", "GET ms", "EXISTS s ms"));
    millis.addAndGet(1);
    assertEquals("$-1|:0|:0|:0|", replies("GET s", "DEL ms", "EXISTS s ms", "DBSIZE"));
  }

  @Test
  void aMomentMayBeGivenInsteadOfATime() throws Exception {
    assertEquals("+OK|+OK|", replies("SET a v EXAT 1700000002", "SET b v PXAT 1700000002000"));
    assertEquals(":2|:2000|", replies("TTL a", "PTTL b"));
    assertEquals("+OK|$-1|", replies("SET a v PXAT 1", "GET a"));
  }

  @Test
  void whatIsLeftCanBeAskedFor() throws Exception {
    assertEquals(
        "+OK|:10|:9600|:-1|:-2|",
        replies("SET k v PX 9600", "TTL k", "PTTL k")
            + replies("SET forever v", "TTL forever", "TTL none").substring("+OK|".length()));
    millis.addAndGet(9600);
    assertEquals(":-2|:-2|", replies("TTL k", "PTTL k"));
  }

  @Test
  void aNewValueLivesForEverUnlessTheTimeIsToBeKept() throws Exception {
    assertEquals("+OK|+OK|:100|", replies("SET k 1 EX 100", "SET k 2 KEEPTTL", "TTL k"));
    assertEquals(":3|:100|", replies("INCR k", "TTL k"));
    assertEquals("+OK|:-1|", replies("SET k 4", "TTL k"));
    assertEquals("+OK|+OK|:-1|", replies("SET k 1 EX 100", "MSET k 2", "TTL k"));
    assertEquals(":1|+OK|:-1|", replies("DEL k", "SET k 1", "TTL k"));
  }

  @Test
  void anExpiredKeyIsNoneForItsSuccessor() throws Exception {
    assertEquals("+OK|:1|:1|", replies("SET k 5 EX 1", "LPUSH l a", "EXPIRE l 1"));
    millis.addAndGet(1000);
    assertEquals("$-1|+OK|$1|1|:-1|", replies("SET k 1 XX", "SET k 1 NX", "GET k", "TTL k"));
    assertEquals(":1|:-1|", replies("LPUSH l b", "TTL l"));
    assertEquals("+OK|:-1|", replies("SET k 2 KEEPTTL", "TTL k"));
  }

  @Test
  void optionsStandInAnyOrderAndCase() throws Exception {
    assertEquals("+OK|$-1|", replies("SET k 1 ex 9 nx", "SET k 2 NX PX 5"));
    assertEquals("$1|1|:5000|", replies("SET k 2 px 5000 get XX", "PTTL k"));
    assertEquals("+OK|:20|", replies("SET k 3 EX 10 EX 20", "TTL k"));
  }

  @Test
  void wrongOptionsAreSpelledAsRedisSpellsThemAndChangeNothing() throws Exception {
    assertEquals("+OK|", replies("SET k 1"));
    for (String options :
        new String[] {
          "EX",
          "PX",
          "EX 1 PX 1",
          "EX 1 KEEPTTL",
          "KEEPTTL PXAT 1",
          "EXAT 1 EX 1",
          "1",
          "EX 1 NX XX"
        }) {
      assertEquals(SYNTAX, replies("SET k 2 " + options), options);
    }
    assertEquals(NO_INTEGER, replies("SET k 2 EX soon"));
    assertEquals(NO_INTEGER, replies("SET k 2 PX 9223372036854775808"));
    for (String time :
        new String[] {
          "EX 0", "PX -1", "EXAT 0", "EX 9223372036854775", "PX 9223372036854775807",
        }) {
      assertEquals("-ERR invalid expire time in 'set' command|", replies("SET k 2 " + time), time);
    }
    assertEquals(
        "-ERR invalid expire time in 'expire' command|", replies("EXPIRE k 9223372036854775807"));
    assertEquals("$1|1|:-1|", replies("GET k", "TTL k"));
  }

  @Test
  void aKeyOfAnyTypeMayBeToldToExpireAndToLiveOn() throws Exception {
    assertEquals(":1|:1|:30|", replies("RPUSH l a", "EXPIRE l 30", "TTL l"));
    assertEquals(":1|:-1|:0|", replies("PERSIST l", "TTL l", "PERSIST l"));
    assertEquals(":1|:0|:0|", replies("EXPIRE l -1", "EXISTS l", "EXPIRE l 1"));
    assertEquals(":1|:1|$1|a|:0|", replies("RPUSH l a", "PEXPIRE l 50", "LPOP l", "PERSIST l"));
    assertEquals("+OK|+OK|:0|", replies("SET k v EX 1", "FLUSHALL", "PERSIST k"));
  }

  @Test
  void whatNobodyAsksForAnyMoreDoesNotPileUp() throws Exception {
    for (int generation = 0; generation < 5; generation++) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 1000; i++) {
        requests.append("SET ").append(generation).append('-').append(i).append(" v EX 1\r\n");
      }
      assertEquals("+OK\r\n".repeat(1000), server.exchange(requests.toString()));
      millis.addAndGet(1000);
    }
    assertEquals(":1000|", replies("DBSIZE"));
  }
}
