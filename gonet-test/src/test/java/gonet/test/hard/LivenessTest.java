package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import java.time.Duration;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each way of losing a peer, and how long the kernel takes to notice it: as long as {@code
 * gonet.live.PeerLoss} computes. In a network namespace of its own.
 */
@NeedsNetns
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio has no user timeout")
class LivenessTest {
  /** The kernel's timers, a busy machine, and a second for its first look at a shut window. */
  private static final Duration SLACK = Duration.ofMillis(2500);

  @ParameterizedTest
  @Proves({"C10", "C12"})
  @CsvSource({
    "idle, ETIMEDOUT",
    "in flight, ETIMEDOUT",
    "zero window, ETIMEDOUT",
    "rebooted, ECONNRESET",
  })
  void aLostPeerIsNoticedWithinTheComputedTime(String how, String errno) throws Exception {
    try (Child child = Child.startInNetns(LivenessFaults.class, how)) {
      Duration computed = Duration.ofMillis(child.hearInt());
      assertEquals(errno, child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      String text = how + " took " + took + ", computed " + computed;
      assertTrue(took.compareTo(computed.plus(SLACK)) < 0, text);
      // A time may have begun with the last segment, before the cable was pulled.
      assertTrue(took.compareTo(computed.minusMillis(700)) > 0, text);
      assertEquals(0, child.awaitExit(), child::output);
    }
  }
}
