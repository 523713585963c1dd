package gonet.test.go;

import static gonet.test.go.Failures.assertShape;
import static gonet.test.go.Failures.assertTimesOut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.netip.Addr;
import gonet.test.Proves;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Time limits of a dial. Go: net/timeout_test.go, TestDialTimeout and its like. */
class DialTimeoutTest extends BothCallers {
  private static final Duration LATE = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private BlackHole hole;

  @BeforeEach
  void dig() throws IOException {
    hole = new BlackHole();
  }

  @AfterEach
  void fill() throws IOException {
    hole.close();
  }

  /** Durations from the dial's beginning; empty for none. */
  @ParameterizedTest
  @Proves("dialer-limit")
  @CsvSource({
    // timeout, deadline, not before
    "PT0.000000001S, , PT0S",
    "PT0.001S, , PT0.001S",
    "PT0.1S, , PT0.1S",
    ", PT-5S, PT0S",
    ", PT0S, PT0S",
    ", PT0.000000001S, PT0S",
    ", PT0.1S, PT0.099S",
    "PT5M, PT-5S, PT0S",
    "PT5M, PT0.1S, PT0.099S",
    "PT0.1S, PT5M, PT0.1S",
    "PT0.1S, PT0.2S, PT0.1S",
  })
  void aDialEndsAtTheEarlierOfTimeoutAndDeadlineAndNotBefore(
      @Nullable Duration timeout, @Nullable Duration deadline, Duration notBefore) {
    long start = System.nanoTime();
    Dialer dialer =
        Dialer.defaults()
            .withTimeout(timeout)
            .withDeadline(deadline == null ? null : Instant.now().plus(deadline));
    NetTimeoutException e = assertTimesOut(() -> dialer.dial("tcp", hole.address()));
    assertTook(notBefore, start);
    assertShape("dial", "tcp", e);
    assertEquals("dial tcp " + hole.address() + ": i/o timeout", e.getMessage());
  }

  @Test
  @Proves("dial-limit")
  @NeedsIpv6
  void theTimeIsOverForAllAddressesOfANameTogether() {
    Dialer dialer =
        Dialer.defaults()
            .withTimeout(Duration.ofMillis(200))
            .withFallbackDelay(Duration.ofMillis(20))
            .withResolver(_ -> BlackHole.bothFamilies());
    long start = System.nanoTime();
    assertTimesOut(() -> dialer.dial("tcp", "both.test:" + hole.port()));
    assertTook(Duration.ofMillis(200), start);
  }

  @Test
  @Proves({"dial-limit", "B8"})
  void theTimeOfTheLookupCounts() {
    Dialer dialer =
        Dialer.defaults().withTimeout(Duration.ofMillis(100)).withResolver(_ -> waitForEver());
    long start = System.nanoTime();
    NetTimeoutException e =
        assertThrows(NetTimeoutException.class, () -> dialer.dial("tcp", "slow.test:80"));
    assertTook(Duration.ofMillis(100), start);
    assertTrue(e.timeout());
    assertEquals("dial tcp: lookup slow.test: i/o timeout", e.getMessage());
  }

  private static List<Addr> waitForEver() throws InterruptedIOException {
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nobody counts down");
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  /** Go takes such a timeout for one that is over; a mistake should be told as one. */
  @ParameterizedTest
  @Proves("dialer-negative-limit")
  @ValueSource(longs = {-1, -5, Long.MIN_VALUE})
  void aNegativeTimeoutIsRefusedAndNamed(long seconds) {
    Duration timeout = Duration.ofSeconds(seconds);
    for (IllegalArgumentException e :
        new IllegalArgumentException[] {
          assertThrows(
              IllegalArgumentException.class, () -> Dialer.defaults().withTimeout(timeout)),
          assertThrows(
              IllegalArgumentException.class, () -> Net.dial("tcp", hole.address(), timeout))
        }) {
      assertTrue(e.getMessage().contains(timeout.toString()), e.getMessage());
    }
  }

  /**
   * What {@code TimeLimit.left()} says of a limit that is over. Nobody is asked, named or called.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "udp", "unix"})
  @Proves("dial-limit-over")
  void aTimeoutOfZeroAndADeadlineThatIsOverFailAtOnce(String network) throws Exception {
    boolean onPath = network.equals("unix");
    try (Listener there =
        onPath ? Net.listen("unix", folder.resolve("s").toString()) : Net.listen("tcp", LOOPBACK)) {
      String address = there.addr().toString();
      for (Dialer over :
          new Dialer[] {
            Dialer.defaults().withTimeout(Duration.ZERO),
            Dialer.defaults().withTimeout(TimeLimit.after(Duration.ZERO).left()),
            Dialer.defaults().withDeadline(Instant.now().minusSeconds(1)),
          }) {
        NetTimeoutException e = assertTimesOut(() -> over.dial(network, address));
        assertEquals("dial " + network + " " + address + ": i/o timeout", e.getMessage());
      }
      assertTimesOut(() -> Net.dial(network, address, Duration.ZERO));
      Dialer over = Dialer.defaults().withTimeout(Duration.ZERO).withResolver(_ -> waitForEver());
      assertTimesOut(() -> over.dial("tcp", "nobody.test:1"));
    }
  }

  @Test
  void theLongestTimeoutAndTheLastMomentDoNotOverflow() throws IOException {
    Dialer dialer = Dialer.defaults();
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      for (Dialer patient :
          new Dialer[] {
            dialer.withTimeout(longest),
            dialer.withDeadline(Instant.MAX),
            dialer.withTimeout(longest).withDeadline(Instant.MAX),
            dialer.withTimeout(Duration.ofNanos(Long.MAX_VALUE)),
            dialer.withTimeout(Duration.ofNanos(Long.MAX_VALUE)).withDeadline(Instant.MAX),
          }) {
        try (Conn dialled = patient.dial("tcp", listener.addr().toString());
            Conn accepted = listener.accept()) {
          dialled.write(new byte[1]);
          assertEquals(1, accepted.read(new byte[2]));
        }
      }
    }
  }

  private static void assertTook(Duration atLeast, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(atLeast) >= 0, () -> took + " is less than " + atLeast);
    assertTrue(took.compareTo(LATE) <= 0, () -> took + " is more than " + LATE);
  }
}
