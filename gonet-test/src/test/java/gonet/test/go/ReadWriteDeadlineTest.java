package gonet.test.go;

import static gonet.test.go.Failures.assertClosed;
import static gonet.test.go.Failures.assertTimesOut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.Proves;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlines of reads and writes: net/timeout_test.go, TestReadTimeout, TestWriteTimeout &c. */
@Proves("conn-deadline")
class ReadWriteDeadlineTest extends BothCallers {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration A_WHILE = Duration.ofMillis(100);

  // ---- reads

  @ParameterizedTest
  @MethodSource("pairs")
  void aPastDeadlineFailsEveryReadThoughBytesAreThere(ConnPairs pairs) throws Exception {
    Duration limit = SHORT;
    while (!readsUntilTheDeadline(pairs, limit)) {
      limit = limit.multipliedBy(4);
    }
  }

  /** False if the machine stood still for so long that the deadline came before the last read. */
  private boolean readsUntilTheDeadline(ConnPairs pairs, Duration limit) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      crew.extra("writer", () -> pair.right().write(new byte[10]));
      conn.awaitReadable();
      long start = System.nanoTime();
      conn.setReadDeadline(Instant.now().plus(limit));
      try {
        for (int got = 0; got < 10; ) {
          got += conn.read(new byte[1]);
        }
      } catch (NetTimeoutException e) {
        assertNotBefore(limit, start);
        return false;
      }
      for (int i = 0; i < 2; i++) {
        assertTimesOut(() -> conn.read(new byte[1]));
        assertNotBefore(limit, start);
      }
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aReadWhoseDeadlineWasTakenOffWaitsUntilCloseWhateverTheOtherDeadlines(ConnPairs pairs)
      throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      conn.setDeadline(Instant.EPOCH);
      conn.setWriteDeadline(Instant.EPOCH);
      conn.setReadDeadline(null);
      Job<Integer> reader = crew.compute("reader", () -> conn.read(new byte[1]));
      reader.awaitParked().staysFor(A_WHILE);
      conn.close();
      assertClosed(reader.failure(NetClosedException.class));
    }
  }

  // ---- writes

  @ParameterizedTest
  @MethodSource("pairs")
  void aPastDeadlineFailsEveryWriteThoughThereIsRoom(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      Job<byte[]> reader = crew.compute("reader", () -> pair.right().readAll(100));
      for (Instant past : new Instant[] {Instant.now().minusSeconds(5), Instant.EPOCH}) {
        conn.setWriteDeadline(past);
        for (int i = 0; i < 2; i++) {
          assertTimesOut(() -> conn.write(new byte[1]));
        }
      }
      conn.setWriteDeadline(null);
      conn.write(new byte[] {42});
      conn.close();
      assertEquals(1, reader.result().length); // nothing of what timed out went out
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void writesSucceedUntilTheDeadlineAndThenTimeOut(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      AtomicLong drained = new AtomicLong();
      crew.extra("reader", () -> drain(pair.right(), drained));
      long start = System.nanoTime();
      conn.setWriteDeadline(Instant.now().plus(SHORT));
      long written = 0;
      NetTimeoutException end = null;
      byte[] chunk = new byte[1024];
      while (end == null) {
        try {
          conn.write(chunk);
          written += chunk.length;
        } catch (NetTimeoutException e) {
          end = e;
        }
      }
      assertNotBefore(SHORT, start);
      assertTrue(written > 0);
      assertTrue(end.bytesTransferred() < chunk.length);
      assertTimesOut(() -> conn.write(chunk));
      long all = written + end.bytesTransferred();
      Awaitility.await().until(() -> drained.get() == all); // as many as were told, and no more
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aWriteWithoutRoomTimesOutAndTellsHowMuchWentOut(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      long start = System.nanoTime();
      conn.setWriteDeadline(Instant.now().plus(SHORT));
      NetTimeoutException e =
          assertThrows(NetTimeoutException.class, () -> conn.write(new byte[64 << 20]));
      assertNotBefore(SHORT, start);
      assertTimesOut(() -> conn.write(new byte[1]));
      conn.closeWrite();
      assertEquals(e.bytesTransferred(), pair.right().readAll().length);
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aWriteWhoseDeadlineWasTakenOffWaitsUntilCloseWhateverTheOtherDeadlines(ConnPairs pairs)
      throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      conn.setDeadline(Instant.EPOCH);
      conn.setReadDeadline(Instant.EPOCH);
      conn.setWriteDeadline(null);
      Job<Void> writer = crew.start("writer", () -> conn.write(new byte[64 << 20]));
      writer.awaitParked().staysFor(A_WHILE);
      conn.close();
      assertClosed(writer.failure(NetClosedException.class));
    }
  }

  private static void drain(Conn conn, AtomicLong drained) throws Exception {
    byte[] buf = new byte[4096];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      drained.addAndGet(n);
    }
  }

  /** A deadline is a moment of the wall clock, which NTP may slew by 500 ppm. */
  private static void assertNotBefore(Duration span, long start) {
    long took = System.nanoTime() - start;
    assertTrue(took >= span.toNanos() * 999 / 1000, took + " ns is less than " + span);
  }
}
