package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A call never fails before its time, and not much later. Go: net/timeout_test.go, the tests named
 * Fluctuation.
 */
@Proves({"jvm-read-timeout", "C21"})
class DeadlineAccuracyTest extends BothCallers {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofSeconds(4);

  /** More than fits into all buffers on the way, which a kernel makes larger as it goes. */
  private static final byte[] TOO_MUCH = new byte[64 << 20];

  /** What sets the limit under test. */
  @FunctionalInterface
  private interface Limit {
    void set(Duration span) throws IOException;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void readsTimeOutAtTheirDeadlineAndNotBefore(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      assertAccurate(
          span -> conn.setReadDeadline(Instant.now().plus(span)), () -> conn.read(new byte[256]));
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void readsTimeOutAfterTheirTimeoutAndNotBefore(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      assertAccurate(conn::setReadTimeout, () -> conn.read(new byte[256]));
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void writesTimeOutAtTheirDeadlineAndNotBefore(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      assertAccurate(
          span -> conn.setWriteDeadline(Instant.now().plus(span)), () -> conn.write(TOO_MUCH));
    }
  }

  @ParameterizedTest
  @Proves("jvm-write-timeout")
  @MethodSource("pairs")
  void writesTimeOutAfterTheirTimeoutAndNotBefore(ConnPairs pairs) throws Exception {
    try (ConnPair pair = pairs.connect()) {
      Conn conn = pair.left();
      assertAccurate(conn::setWriteTimeout, () -> conn.write(TOO_MUCH));
    }
  }

  @Test
  void acceptTimesOutAtItsDeadlineOrTimeoutAndNotBefore() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      assertAccurate(
          span -> listener.setDeadline(Instant.now().plus(span)), () -> listener.accept());
      listener.setDeadline(null);
      assertAccurate(listener::setTimeout, () -> listener.accept());
    }
  }

  /**
   * The machine may be busy with other things, so a span that came more than a tenth late is tried
   * again at twice its length. One that came early is wrong at any length.
   */
  private static void assertAccurate(Limit limit, Executable call) throws IOException {
    for (Duration span = SHORTEST; ; span = span.multipliedBy(2)) {
      long start = System.nanoTime();
      limit.set(span);
      assertThrows(NetTimeoutException.class, call);
      long took = System.nanoTime() - start;
      // The wall clock, which a deadline is a moment of, may be slewed by 500 ppm.
      assertTrue(took >= span.toNanos() * 999 / 1000, took + " ns is less than " + span);
      if (took <= span.toNanos() * 11 / 10) {
        return;
      }
      if (span.compareTo(LONGEST) > 0) {
        fail(took + " ns is too long for " + span);
      }
    }
  }
}
