package gonet.test.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenLoopTest {
  private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final double RATE = 500;

  /** Echoes, and stops once for as long as the stall. */
  private static void stallOnce(Conn conn) throws IOException {
    byte[] buf = new byte[1024];
    boolean stalled = false;
    long start = System.nanoTime();
    for (int n; (n = conn.read(buf)) >= 0; ) {
      if (!stalled && System.nanoTime() - start > STALL_NANOS / 2) {
        stalled = true;
        for (long end = System.nanoTime() + STALL_NANOS, left;
            (left = end - System.nanoTime()) > 0; ) {
          LockSupport.parkNanos(left);
        }
      }
      conn.write(buf, 0, n);
    }
  }

  private static Measurements measure(double rate) throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      Net.go(
          () -> {
            try (Conn conn = listener.accept()) {
              stallOnce(conn);
            }
          });
      Settings settings =
          new Settings(
              listener.addr().toString(),
              Mode.ECHO,
              1,
              Duration.ofSeconds(1),
              Duration.ZERO,
              rate,
              128,
              1,
              Duration.ZERO,
              Duration.ofSeconds(5),
              Duration.ZERO);
      Measurements measurements = new Measurements(0);
      double seconds =
          new LoadRun(settings, measurements).run((done, now, second, latencies) -> {});
      assertEquals(1, seconds, 0.5);
      return measurements;
    }
  }

  @Test
  void aStallCountsForEveryRequestThatWasDueInIt() throws Exception {
    Measurements open = measure(RATE);
    long late = open.total().getCountBetweenValues(STALL_NANOS / 4, open.total().getMaxValue());
    // Three quarters of those that were due in the stall waited for a quarter of it at least.
    assertTrue(
        late >= 0.5 * RATE * STALL_NANOS / 1e9, late + " of " + open.total().getTotalCount());
  }

  @Test
  void aClosedLoopWithoutCorrectionHidesTheSameStall() throws Exception {
    Measurements closed = measure(0);
    long late =
        closed.total().getCountBetweenValues(STALL_NANOS * 3 / 4, closed.total().getMaxValue());
    // Once for the server's stall, and perhaps for one of a busy machine.
    assertTrue(late >= 1 && late <= 3, late + " latencies");
  }
}
