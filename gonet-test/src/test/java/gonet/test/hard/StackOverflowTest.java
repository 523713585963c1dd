package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.TcpConn;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A recursive parser reads, or answers, once for each level of nesting, and a hostile peer nests
 * until the stack ends: inside a call of gonet's as often as not. The parser's connection can be
 * closed, its peer sees that, and other connections do not notice.
 *
 * <p>Here the calls are made on the way up from the end of the stack, so that each has room for one
 * frame more than the one before.
 */
@LeakCheck
@Timeout(180)
class StackOverflowTest {
  private static final int ROUNDS = 20;
  private static final int LEVELS = 300;
  private static final long SMALL_STACK = 192 * 1024;

  @SuppressWarnings("ImmutableEnumChecker") // a function that has no state
  private enum Parser {
    PLATFORM_THREADS(task -> new Thread(null, task, "parser", SMALL_STACK)),
    VIRTUAL_THREADS(Thread.ofVirtual()::unstarted),
    GONETS_THREADS(Net.threadFactory()::newThread);

    private final Function<Runnable, Thread> threads;

    Parser(Function<Runnable, Thread> threads) {
      this.threads = threads;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderWhoseStackEndsCanCloseItsConnection(Parser parser) throws Exception {
    everyRound(parser, StackOverflowTest::readLevel);
  }

  @ParameterizedTest
  @EnumSource
  void aWriterWhoseStackEndsCanCloseItsConnection(Parser parser) throws Exception {
    everyRound(parser, StackOverflowTest::writeLevel);
  }

  private interface Level {
    void call(TcpConn conn) throws IOException;
  }

  private static void readLevel(TcpConn conn) throws IOException {
    assertEquals(1, conn.read(new byte[1]));
  }

  private static void writeLevel(TcpConn conn) throws IOException {
    conn.write(new byte[1]);
  }

  private static void everyRound(Parser parser, Level level) throws Exception {
    try (TcpPair innocent = TcpPair.connect()) {
      for (int round = 0; round < ROUNDS; round++) {
        try (TcpPair pair = TcpPair.connect()) {
          Thread peer = Thread.ofVirtual().start(() -> sendAndReceive(pair.client()));
          FutureTask<Integer> parsed = new FutureTask<>(() -> parse(pair, level));
          parser.threads.apply(parsed).start();
          assertTrue(parsed.get(30, TimeUnit.SECONDS) > 0, "the stack was not at its end");
          assertTrue(pair.server().isClosed());
          assertTrue(peer.join(Duration.ofSeconds(10)), "the peer saw no end");
        }
        innocent.client().write(new byte[] {7});
        byte[] got = new byte[1];
        assertEquals(1, innocent.server().read(got));
        assertEquals(7, got[0]);
      }
    }
  }

  /** As people write it: whatever ends the parser, the connection is closed behind it. */
  private static int parse(TcpPair pair, Level level) throws IOException {
    try (TcpConn conn = pair.server()) {
      Nesting nesting = new Nesting(conn, level);
      nesting.descend();
      assertEquals(LEVELS, nesting.calls);
      return nesting.overflows;
    }
  }

  private static final class Nesting {
    private final TcpConn conn;
    private final Level level;
    private int calls;
    private int overflows;

    Nesting(TcpConn conn, Level level) {
      this.conn = conn;
      this.level = level;
    }

    @SuppressWarnings("InfiniteRecursion") // the point
    void descend() throws IOException {
      try {
        descend();
      } catch (StackOverflowError e) {
        // the end: from here on it goes up
      }
      if (calls < LEVELS) {
        calls++;
        try {
          level.call(conn);
        } catch (StackOverflowError e) {
          overflows++;
        }
      }
    }
  }

  /** Nests without end and takes every answer, until the connection ends. */
  private static void sendAndReceive(TcpConn conn) {
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (; ; ) {
                      conn.write(new byte[16 * 1024]);
                    }
                  } catch (IOException e) {
                    // closed by the parser
                  }
                });
    try {
      while (conn.read(new byte[16 * 1024]) >= 0) {
        // goes on
      }
    } catch (IOException e) {
      // reset, because there were bytes that nobody had read
    }
    conn.close();
    assertNull(joined(sender));
  }

  private static InterruptedException joined(Thread thread) {
    try {
      thread.join();
      return null;
    } catch (InterruptedException e) {
      return e;
    }
  }
}
