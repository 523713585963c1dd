package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import gonet.Dialer;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** Deadlines in numbers: many at once, moved all the time, and just as data comes. */
@LeakCheck
class ManyDeadlinesTest {
  private static final int CONNS = 10_000;
  private static final int QUEUE = 4000;
  private static final int SLEEPERS = 2000;
  private static final Duration SPREAD = Duration.ofSeconds(2);
  private static final long BOUND_MICROS = 5_000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("C21")
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void tenThousandDeadlinesAreNeverEarlyAndNotFiveMillisecondsLaterThanTheJdksOwnTimers(
      TestReporter reporter) throws Exception {
    assumeTrue(
        !(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
            || unix.getMaxFileDescriptorCount() > CONNS + 500,
        "needs ten thousand descriptors");
    List<ServerSocket> queues = new ArrayList<>();
    List<TcpConn> conns = new ArrayList<>();
    try {
      while (conns.size() < CONNS) {
        // Connections that nobody accepts: they stand, and cost no descriptor on the other side.
        ServerSocket queue = new ServerSocket(0, QUEUE, InetAddress.getLoopbackAddress());
        queues.add(queue);
        TcpAddr addr = TcpAddr.resolve("tcp4", "127.0.0.1:" + queue.getLocalPort());
        for (int i = 0; i < QUEUE && conns.size() < CONNS; i++) {
          conns.add(Dialer.defaults().dialTcp("tcp4", addr));
        }
      }
      // A busy machine delays everybody, so sleepers of the JDK run beside as the measure.
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5 && least > BOUND_MICROS; round++) {
        Late late = expireAll(conns, round);
        assertTrue(late.earliest() >= 0, () -> -late.earliest() + " µs early");
        reporter.publishEntry("late", late.toString());
        least = Math.min(least, late.p99() - late.p99OfJdk());
      }
      assertTrue(least <= BOUND_MICROS, "later by " + least + " µs");
    } finally {
      conns.forEach(TcpConn::close);
      for (ServerSocket queue : queues) {
        queue.close();
      }
    }
  }

  /** How many microseconds behind its time something came. */
  private record Late(long earliest, long p50, long p99, long max, long p99OfJdk) {}

  /** What waits for a moment; returns when the moment has come. */
  private interface Wait {
    void until(Instant when) throws IOException, InterruptedException;
  }

  private static Late expireAll(List<TcpConn> conns, int seed) throws InterruptedException {
    Random random = new Random(seed);
    CountDownLatch done = new CountDownLatch(CONNS + SLEEPERS);
    // All are parked before the first one is due.
    Instant first = Instant.now().plusMillis(2000);
    long[] micros = new long[CONNS];
    for (int i = 0; i < CONNS; i++) {
      TcpConn conn = conns.get(i);
      measure(micros, i, first, random, done, when -> expire(conn, when));
    }
    long[] jdk = new long[SLEEPERS];
    for (int i = 0; i < SLEEPERS; i++) {
      measure(
          jdk, i, first, random, done, when -> Thread.sleep(Duration.between(Instant.now(), when)));
    }
    assertTrue(done.await(60, TimeUnit.SECONDS), "a deadline was lost");
    Arrays.sort(micros);
    Arrays.sort(jdk);
    return new Late(micros[0], micros[CONNS / 2], p99(micros), micros[CONNS - 1], p99(jdk));
  }

  private static void measure(
      long[] lateMicros, int index, Instant first, Random random, CountDownLatch done, Wait wait) {
    Instant when = first.plusNanos(random.nextLong(SPREAD.toNanos()));
    Thread.startVirtualThread(
        () -> {
          try {
            wait.until(when);
            lateMicros[index] =
                TimeUnit.NANOSECONDS.toMicros(Duration.between(when, Instant.now()).toNanos());
          } catch (IOException | InterruptedException e) {
            lateMicros[index] = Long.MIN_VALUE;
          }
          done.countDown();
        });
  }

  private static void expire(TcpConn conn, Instant when) throws IOException {
    conn.setReadDeadline(when);
    try {
      throw new IOException("read " + conn.read(new byte[1]) + " that nobody sent");
    } catch (NetTimeoutException e) {
      // As it should.
    }
  }

  private static long p99(long[] sorted) {
    return sorted[sorted.length * 99 / 100];
  }

  @Test
  void aDeadlineThatComesTogetherWithDataLosesNoByte() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      int rounds = 2000;
      Job<Integer> reader =
          crew.compute(
              "reader",
              () -> {
                int timeouts = 0;
                byte[] one = new byte[1];
                for (int i = 0; i < rounds; i++) {
                  long micros = ThreadLocalRandom.current().nextLong(300);
                  pair.server().write(one); // go
                  pair.server().setReadDeadline(Instant.now().plusNanos(micros * 1000));
                  int n;
                  try {
                    n = pair.server().read(one);
                  } catch (NetTimeoutException e) {
                    timeouts++;
                    pair.server().setReadDeadline(null);
                    n = pair.server().read(one);
                  }
                  assertEquals(1, n);
                  assertEquals((byte) i, one[0]);
                }
                return timeouts;
              });
      byte[] one = new byte[1];
      for (int i = 0; i < rounds; i++) {
        assertEquals(1, pair.client().read(one));
        long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(300_000);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        pair.client().write(new byte[] {(byte) i});
      }
      int timeouts = reader.result();
      assertTrue(timeouts > 0 && timeouts < rounds, () -> timeouts + " timeouts of " + rounds);
    }
  }

  @Test
  void movingADeadlineAHundredThousandTimesUnderAParkedReaderLeavesNoGarbageBehind()
      throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int armed = Net.stats().armedTimers();
    try (TcpPair pair = TcpPair.connect()) {
      TcpConn conn = pair.server();
      Job<Integer> reader = crew.compute("reader", () -> conn.read(new byte[1])).awaitParked();
      int moves = 100_000;
      Instant[] moments = new Instant[64];
      Instant hour = Instant.now().plusSeconds(3600);
      for (int i = 0; i < moments.length; i++) {
        moments[i] = hour.plusSeconds(i * 37 % moments.length);
      }
      move(conn, moments, 20_000);
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      move(conn, moments, moves);
      long perMove = (threads.getCurrentThreadAllocatedBytes() - allocated) / moves;
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      // The moment that is now, and the span until then: of the conversion alone.
      assertTrue(perMove <= 128, () -> perMove + " bytes for each move");
      assertTrue(took.toMillis() < 5000, () -> moves + " moves took " + took);
      assertTrue(Net.stats().armedTimers() <= armed + 1, "timers of moments that no longer count");
      pair.client().write(new byte[1]);
      assertEquals(1, reader.result());
    }
    assertEquals(armed, Net.stats().armedTimers());
  }

  private static void move(TcpConn conn, Instant[] moments, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      conn.setReadDeadline(moments[i % moments.length]);
      if (i % 3 == 0) {
        conn.setReadDeadline(null);
      }
    }
  }

  @Test
  void aReaderThatMeetsTheDeadlineOfEachReadGoesOnForEver() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      TcpConn conn = pair.server();
      for (int i = 0; i < 200; i++) {
        conn.setReadDeadline(Instant.now().plusNanos(i * 10_000L));
        assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1]));
        LockSupport.parkNanos(1); // not always at the same phase of the timer thread
      }
      conn.setReadDeadline(null);
      pair.client().write(new byte[7]);
      assertEquals(7, conn.read(new byte[100]));
    }
  }
}
