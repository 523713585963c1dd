package gonet.test.load;

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

@Timeout(180)
class OpenLoopTest {
  private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final double RATE = 500;

  /** How long the last measurement took. */
  private double elapsed;

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

  private Measurements measure(double rate) throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      Net.go(
          () -> {
            try (Conn conn = listener.accept()) {
              stallOnce(conn);
            }
          });
      Settings settings =
          new Settings(
              Target.parse(
                  listener.addr().toString(), new Target.Trust(null, false), Duration.ofSeconds(5)),
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
      assertTrue(seconds >= 1 && seconds < 20, seconds + " s");
      elapsed = seconds;
      return measurements;
    }
  }

  @Test
  void aStallCountsForEveryRequestThatWasDueInIt() throws Exception {
    Measurements open = measure(RATE);
    long late = open.total().getCountBetweenValues(STALL_NANOS / 4, open.total().getMaxValue());
    // Three quarters of those that were due in the stall waited for a quarter of it at least.
    // On a machine so busy that there were only few, nearly all of them were late.
    long all = open.total().getTotalCount();
    assertTrue(late >= Math.min(0.5 * RATE * STALL_NANOS / 1e9, 0.5 * all), late + " of " + all);
  }

  @Test
  void aClosedLoopWithoutCorrectionHidesTheSameStall() throws Exception {
    Measurements closed = measure(0);
    long late =
        closed.total().getCountBetweenValues(STALL_NANOS * 3 / 4, closed.total().getMaxValue());
    // Once for the server's stall. A busy machine makes others, but one after the other: no more
    // than there is room for in the time.
    double most = 1 + elapsed / (STALL_NANOS * 0.75 / 1e9);
    assertTrue(late >= 1 && late <= most, late + " latencies");
  }
}
