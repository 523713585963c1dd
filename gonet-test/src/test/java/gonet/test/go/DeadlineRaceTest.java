package gonet.test.go;

import static gonet.test.go.Failures.assertClosed;
import static gonet.test.go.Failures.assertTimeout;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Deadlines that are moved while calls wait and run. Go: net/timeout_test.go,
 * TestReadWriteProlongedTimeout, TestReadWriteDeadlineRace and TestConcurrentSetDeadline.
 */
class DeadlineRaceTest extends BothCallers {
  private static final Duration A_WHILE = Duration.ofMillis(250);

  @ParameterizedTest
  @MethodSource("pairs")
  void deadlinesFarAwaySetBeforeEveryCallDisturbNothing(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      List<Job<Long>> writers = new ArrayList<>();
      List<Job<Long>> readers = new ArrayList<>();
      for (Conn conn : List.of(pair.left(), pair.right())) {
        writers.add(crew.compute("writer", () -> writeForAWhile(conn)));
        readers.add(crew.compute("reader", () -> readToEnd(conn)));
      }
      for (int i = 0; i < 2; i++) {
        long written = writers.get(i).result();
        long read = readers.get(1 - i).result();
        assertTrue(written > 0);
        assertEquals(written, read);
      }
    }
  }

  /** Ends by itself: virtual threads that keep each other busy let no thread from outside in. */
  private static long writeForAWhile(Conn conn) throws IOException {
    byte[] one = new byte[1];
    long n = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < A_WHILE.toNanos()) {
      conn.setWriteDeadline(Instant.now().plusSeconds(3600));
      conn.write(one);
      n++;
    }
    conn.closeWrite();
    return n;
  }

  private static long readToEnd(Conn conn) throws IOException {
    byte[] buf = new byte[512];
    for (long all = 0; ; ) {
      conn.setReadDeadline(Instant.now().plusSeconds(3600));
      int n = conn.read(buf);
      if (n < 0) {
        return all;
      }
      all += n;
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void deadlinesAMomentAwayMayBeSetUnderReadsAndWrites(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      int rounds = 1000;
      crew.extra("echo", () -> echo(pair.right()));
      Job<Void> setter =
          crew.start(
              "setter",
              () -> {
                for (int i = 0; i < rounds; i++) {
                  conn.setDeadline(Instant.now().plusNanos(2000));
                }
              });
      Job<Void> reader = crew.start("reader", () -> timeOutOften(rounds, () -> readOne(conn)));
      Job<Void> writer =
          crew.start("writer", () -> timeOutOften(rounds, () -> conn.write(new byte[1])));
      setter.result();
      reader.result();
      writer.result();
      // None the worse for it: what is written last comes back last.
      conn.setDeadline(null);
      crew.start("last", () -> conn.write(new byte[] {42}));
      byte[] got = new byte[1];
      do {
        conn.readFully(got);
      } while (got[0] != 42);
    }
  }

  private static void readOne(Conn conn) throws IOException {
    assertEquals(1, conn.read(new byte[1]));
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[1];
    while (conn.read(buf) >= 0) {
      conn.write(buf);
    }
  }

  /** Only timeouts are forgiven. */
  private static void timeOutOften(int rounds, Crew.Body call) throws Exception {
    for (int i = 0; i < rounds; i++) {
      try {
        call.run();
      } catch (NetTimeoutException e) {
        assertTrue(e.timeout());
      }
    }
  }

  @Test
  void manyThreadsMayMoveTheDeadlinesOfManyWaitingReadsEarlierAndEarlier() throws Exception {
    int timersBefore = Net.stats().armedTimers();
    List<Conn> conns = new ArrayList<>();
    List<Job<Integer>> readers = new ArrayList<>();
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      for (int i = 0; i < 10; i++) {
        conns.add(Net.dial("tcp", listener.addr().toString()));
        conns.add(listener.accept());
      }
      for (Conn conn : conns) { // only a read that waits needs a timer
        readers.add(crew.compute("reader", () -> conn.read(new byte[1])).awaitParked());
      }
      List<Job<Void>> setters = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        setters.add(crew.start("setter " + i, () -> moveEarlier(conns)));
      }
      for (Job<Void> setter : setters) {
        setter.result();
      }
      assertTrue(Net.stats().armedTimers() >= conns.size());
      // The last and earliest deadline is the one that holds, and close needs none.
      for (int i = 0; i < conns.size(); i++) {
        if (i % 2 == 0) {
          conns.get(i).setReadDeadline(Instant.now().plusMillis(1));
          assertTimeout(readers.get(i).failure(NetTimeoutException.class));
        } else {
          conns.get(i).close();
          assertClosed(readers.get(i).failure(NetClosedException.class));
        }
      }
    } finally {
      conns.forEach(Conn::close);
    }
    await().until(() -> Net.stats().armedTimers() <= timersBefore);
  }

  private static void moveEarlier(List<Conn> conns) throws IOException {
    Instant when = Instant.now().plusSeconds(3600);
    for (int i = 0; i < 100; i++) {
      when = when.minusSeconds(1);
      for (Conn conn : conns) {
        conn.setDeadline(when);
      }
    }
  }
}
