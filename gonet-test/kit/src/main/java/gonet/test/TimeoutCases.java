package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.NetClosedException;
import gonet.NetTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Timeouts that count for each call, and what they and deadlines do together. */
@Proves("jvm-read-timeout")
interface TimeoutCases extends Cases {
  Duration SHORT = Duration.ofMillis(40);

  /** How late a failure may come on a busy machine before it counts as not having come. */
  Duration LATE = Duration.ofSeconds(10);

  @Test
  default void aReadTimeoutCountsAnewForEachRead() throws Exception {
    left().setReadTimeout(SHORT);
    for (int i = 0; i < 2; i++) {
      assertTimesOutAfter(SHORT, () -> left().read(new byte[1]));
    }
    crew().start("writer", () -> right().write(new byte[1]));
    left().setReadTimeout(Duration.ofSeconds(20));
    assertEquals(1, left().read(new byte[1]));
  }

  @Test
  @Proves("B3")
  default void aReadTimeoutTakenOffBoundsNothing() throws Exception {
    left().setReadTimeout(SHORT);
    left().setReadTimeout(null);
    Job<Integer> reader = crew().compute("reader", () -> left().read(new byte[1]));
    reader.staysFor(SHORT.multipliedBy(2));
    right().write(new byte[1]);
    assertEquals(1, reader.result());
  }

  @Test
  @Proves("conn-partial-write")
  default void aWriteTimeoutBoundsTheWholeWriteAndTellsHowMuchWentOut() throws Exception {
    left().setWriteTimeout(SHORT);
    byte[] tooMuch = new byte[64 << 20];
    // The other side takes byte after byte: progress does not start the time again.
    crew()
        .extra(
            "slow reader",
            () -> {
              byte[] one = new byte[1];
              while (right().read(one) >= 0) {
                // the next
              }
            });
    long start = System.nanoTime();
    NetTimeoutException e = assertThrows(NetTimeoutException.class, () -> left().write(tooMuch));
    assertBetween(SHORT, LATE, System.nanoTime() - start);
    assertTrue(e.bytesTransferred() > 0 && e.bytesTransferred() < tooMuch.length);
    assertFalse(left().isClosed());
  }

  @Test
  default void waitingForOnesTurnCountsAgainstTheTimeout() throws Exception {
    Job<Integer> first = crew().compute("first", () -> left().read(new byte[1])).awaitParked();
    left().setReadTimeout(SHORT);
    assertTimesOutAfter(SHORT, () -> left().read(new byte[1]));
    assertFalse(first.isDone());
    right().write(new byte[1]);
    assertEquals(1, first.result());
  }

  @Test
  default void theEarlierOfTimeoutAndDeadlineWins() throws Exception {
    left().setReadTimeout(Duration.ofHours(1));
    long start = System.nanoTime();
    left().setReadDeadline(Instant.now().plus(SHORT));
    assertThrows(NetTimeoutException.class, () -> left().read(new byte[1]));
    // A millisecond for what the wall clock and the monotonic one may differ by.
    assertBetween(SHORT.minusMillis(1), LATE, System.nanoTime() - start);
    left().setReadTimeout(SHORT);
    left().setReadDeadline(Instant.now().plus(Duration.ofHours(1)));
    assertTimesOutAfter(SHORT, () -> left().read(new byte[1]));
  }

  @Test
  default void aDeadlineEndsTheReaderAndThoseBehindIt() throws Exception {
    Job<?> first = crew().start("first", () -> left().read(new byte[1])).awaitParked();
    Job<?> second = crew().start("second", () -> left().read(new byte[1])).awaitParked();
    left().setReadDeadline(Instant.now().plus(SHORT));
    first.failure(NetTimeoutException.class);
    second.failure(NetTimeoutException.class);
  }

  @Test
  @Proves("B3")
  default void aDeadlineMovedLaterOrTakenOffHoldsForTheReadThatWaits() throws Exception {
    Job<Integer> reader = crew().compute("reader", () -> left().read(new byte[1])).awaitParked();
    Instant soon = Instant.now().plusMillis(700);
    left().setReadDeadline(soon);
    left().setReadDeadline(Instant.now().plusSeconds(3600));
    boolean moved = Instant.now().isBefore(soon);
    left().setReadDeadline(null);
    assumeTrue(
        moved, "the machine stood still until the first deadline, which then rightly counts");
    reader.staysFor(Duration.ofMillis(800));
    right().write(new byte[1]);
    assertEquals(1, reader.result());
  }

  @Test
  default void timeoutsOfZeroOrLessAreRefusedAndHugeOnesAreNot() throws Exception {
    for (Duration bad : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
      assertThrows(IllegalArgumentException.class, () -> left().setReadTimeout(bad));
      assertThrows(IllegalArgumentException.class, () -> left().setWriteTimeout(bad));
    }
    left().setReadTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    left().setDeadline(Instant.MAX);
    Job<Integer> reader = crew().compute("reader", () -> left().read(new byte[1])).awaitParked();
    right().write(new byte[1]);
    assertEquals(1, reader.result());
    left().setDeadline(Instant.MIN);
    assertThrows(NetTimeoutException.class, () -> left().read(new byte[1]));
  }

  @Test
  default void whatNobodyHasSetReadsBackAsNone() {
    assertNull(left().readDeadline());
    assertNull(left().writeDeadline());
    assertNull(left().readTimeout());
    assertNull(left().writeTimeout());
  }

  @Test
  @Proves("conn-deadline-read-back")
  default void aDeadlineReadsBackAndCanBeSetAgain() throws Exception {
    Instant reads = Instant.now().plusSeconds(3600);
    Instant writes = reads.plusSeconds(3600);
    left().setReadDeadline(reads);
    assertNull(left().writeDeadline());
    left().setWriteDeadline(writes);
    for (int i = 0; i < 3; i++) {
      assertNear(reads, left().readDeadline());
      assertNear(writes, left().writeDeadline());
      left().setReadDeadline(left().readDeadline());
      left().setWriteDeadline(left().writeDeadline());
    }
    left().setDeadline(null);
    assertNull(left().readDeadline());
    assertNull(left().writeDeadline());
  }

  @Test
  default void aDeadlineThatHasPassedReadsBackAsOneThatHasPassed() throws Exception {
    for (Instant past : new Instant[] {Instant.MIN, Instant.now()}) {
      left().setReadDeadline(past);
      Instant told = left().readDeadline();
      assertTrue(told != null && !told.isAfter(Instant.now()), () -> "told " + told);
      left().setReadDeadline(told);
      assertThrows(NetTimeoutException.class, () -> left().read(new byte[1]));
    }
    left().setReadDeadline(Instant.MAX);
    assertEquals(Instant.MAX, left().readDeadline());
  }

  @Test
  @Proves("conn-deadline-read-back")
  default void aTimeoutReadsBackAsItWasSet() throws Exception {
    Duration reads = Duration.ofNanos(20_000_000_001L);
    left().setReadTimeout(reads);
    assertEquals(reads, left().readTimeout());
    assertNull(left().writeTimeout());
    left().setWriteTimeout(SHORT);
    assertEquals(SHORT, left().writeTimeout());
    crew().start("writer", () -> right().write(new byte[1]));
    assertEquals(1, left().read(new byte[1]));
    assertEquals(reads, left().readTimeout());
    left().setReadTimeout(null);
    assertNull(left().readTimeout());
    assertEquals(SHORT, left().writeTimeout());
    assertNull(left().readDeadline());
  }

  @Test
  default void theLastLimitsAreToldWhileACallWaitsAndAfterTheClose() throws Exception {
    Job<?> reader = crew().start("reader", () -> left().read(new byte[1])).awaitParked();
    Instant when = Instant.now().plusSeconds(3600);
    left().setReadDeadline(when);
    left().setWriteTimeout(SHORT);
    assertNear(when, left().readDeadline());
    left().close();
    reader.failure(NetClosedException.class);
    assertNear(when, left().readDeadline());
    assertEquals(SHORT, left().writeTimeout());
  }

  /** Two clocks are read one after the other, and a busy machine may stop in between. */
  private static void assertNear(Instant wanted, @Nullable Instant told) {
    assertTrue(
        told != null && Duration.between(wanted, told).abs().compareTo(LATE) < 0,
        () -> told + " is far from " + wanted);
  }

  private static void assertTimesOutAfter(
      Duration atLeast, org.junit.jupiter.api.function.Executable call) {
    long start = System.nanoTime();
    NetTimeoutException e = assertThrows(NetTimeoutException.class, call);
    assertBetween(atLeast, LATE, System.nanoTime() - start);
    assertTrue(e.timeout());
  }

  private static void assertBetween(Duration atLeast, Duration atMost, long nanos) {
    assertTrue(nanos >= atLeast.toNanos(), nanos + " ns is less than " + atLeast);
    assertTrue(nanos <= atMost.toNanos(), nanos + " ns is more than " + atMost);
  }
}
