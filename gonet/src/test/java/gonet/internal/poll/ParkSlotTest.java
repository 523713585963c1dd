package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every arrow of the picture in {@link ParkSlot}, one at a time. */
@Timeout(180)
@Proves("S13")
class ParkSlotTest {
  /** Each test's own: timers of others would fire, and count, in the middle of it. */
  private final ManualLane lane = new ManualLane();

  private final PollDesc desc = new PollDesc(lane, new FakeDescriptor());
  private final ParkSlot slot = desc.read;

  // ---- without a waiter ------------------------------------------------------------------------

  @Test
  void theFirstOperationMustTry() {
    assertEquals("unknown", slot.stateName());
    assertTrue(slot.mustTry());
  }

  @Test
  void afterTheKernelWasSeenEmptyNothingIsTried() {
    empty();
    assertEquals("empty", slot.stateName());
    assertFalse(slot.mustTry());
  }

  @Test
  void anEdgeAfterEmptyAllowsATry() {
    empty();
    slot.ready();
    assertEquals("ready", slot.stateName());
    assertTrue(slot.mustTry());
  }

  @Test
  void anEdgeBeforeTheSystemCallIsUsedUpByIt() {
    slot.ready();
    slot.beginTry();
    assertEquals("unknown", slot.stateName());
    assertTrue(slot.sawEmpty());
  }

  @Test
  void anEdgeDuringTheSystemCallForbidsEmpty() {
    slot.beginTry();
    slot.ready();
    assertFalse(slot.sawEmpty());
    assertTrue(slot.mustTry());
  }

  @Test
  void aSecondEdgeChangesNothing() {
    slot.ready();
    slot.ready();
    assertEquals("ready", slot.stateName());
  }

  @Test
  void anEdgeBeforeParkingEndsTheWaitAtOnce() {
    empty();
    slot.ready();
    assertNull(slot.await(Clock.NONE));
    assertEquals("ready", slot.stateName());
  }

  @Test
  void evictionWithoutAWaiterChangesNoState() {
    slot.evict();
    assertEquals("unknown", slot.stateName());
    slot.ready();
    slot.evict();
    assertEquals("ready", slot.stateName());
    empty();
    slot.evict();
    assertEquals("empty", slot.stateName());
  }

  @Test
  void aPassedDeadlineStopsAnOperationBeforeItBegins() {
    assertNull(slot.check(Clock.NONE));
    assertEquals(Kind.TIMEOUT, slot.check(Clock.LONG_AGO));
    slot.deadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, slot.check(Clock.NONE));
    assertEquals(Kind.TIMEOUT, slot.check(Long.MAX_VALUE));
    slot.deadline(Clock.NONE);
    assertNull(slot.check(Long.MAX_VALUE));
  }

  @Test
  void closingStopsAnOperationBeforeItBeginsAndWinsOverADeadline() {
    slot.deadline(Clock.LONG_AGO);
    desc.evict();
    assertEquals(Kind.CLOSED, slot.check(Clock.NONE));
  }

  @Test
  void aWaitThatMayNotBeginLeavesEmpty() {
    empty();
    assertEquals(Kind.TIMEOUT, slot.await(Clock.LONG_AGO));
    assertEquals("empty", slot.stateName());
    desc.evict();
    assertEquals(Kind.CLOSED, slot.await(Clock.NONE));
    assertEquals("empty", slot.stateName());
  }

  // ---- with a waiter ---------------------------------------------------------------------------

  @Test
  void anEdgeWakesTheWaiterAndStaysForItsTry() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    slot.ready();
    assertEquals("go on", waiter.result());
    assertEquals("ready", slot.stateName());
  }

  @Test
  void waitingTellsTheBackendInWhichDirection() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    assertEquals(List.of(Readiness.READ), lane.kernel.armed.stream().distinct().toList());
    slot.ready();
    assertEquals("go on", waiter.result());
  }

  @Test
  void evictionWithoutAReasonLeavesTheWaiterWhereItIs() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    slot.evict();
    waiter.asleep();
    assertFalse(waiter.done());
    slot.ready();
    assertEquals("go on", waiter.result());
  }

  @Test
  void closeEndsTheWaitAndLeavesEmpty() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    desc.evict();
    assertEquals("CLOSED", waiter.result());
    assertEquals("empty", slot.stateName());
    assertEquals(Kind.CLOSED, slot.check(Clock.NONE));
  }

  @Test
  void anInterruptEndsTheWaitLeavesEmptyAndKeepsTheStatus() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    waiter.thread().interrupt();
    assertEquals("INTERRUPTED", waiter.result());
    assertTrue(waiter.interruptStatus());
    assertEquals("empty", slot.stateName());
  }

  @Test
  void aWaitWithTheInterruptStatusSetDoesNotBegin() throws Exception {
    empty();
    assertEquals("INTERRUPTED", Call.startInterrupted(() -> verdict(Clock.NONE)).result());
    assertEquals("empty", slot.stateName());
  }

  @Test
  void anEdgeThatCameBeforeTheInterruptWins() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    slot.ready();
    waiter.thread().interrupt();
    assertEquals("go on", waiter.result());
    assertEquals("ready", slot.stateName());
  }

  @Test
  void aWaiterThatFindsBothAnEdgeAndAnInterruptGoesOn() throws Exception {
    empty();
    lane.kernel.duringArm =
        () -> {
          slot.ready();
          Thread.currentThread().interrupt();
        };
    Call<String> waiter = Call.start(() -> verdict(Clock.NONE));
    assertEquals("go on", waiter.result());
    assertTrue(waiter.interruptStatus());
    assertEquals("ready", slot.stateName());
  }

  @Test
  void theDeadlineEndsTheWaitAndNeverEarly() throws Exception {
    empty();
    long when = Clock.after(30_000_000);
    slot.deadline(when);
    Call<Long> waiter =
        Call.start(
            () -> {
              assertEquals(Kind.TIMEOUT, untilStopped(Clock.NONE));
              return Clock.now();
            });
    assertTrue(waiter.result() >= when, "early");
    assertEquals("empty", slot.stateName());
  }

  @Test
  void theLimitOfTheCallCountsBesidesTheDeadline() throws Exception {
    empty();
    slot.deadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    long when = Clock.after(20_000_000);
    assertEquals("TIMEOUT", Call.start(() -> String.valueOf(untilStopped(when))).result());
    assertTrue(Clock.now() >= when, "early");
  }

  @Test
  void aDeadlineMovedForwardReachesTheWaiter() throws Exception {
    slot.deadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    Call<String> waiter = parkUntilStopped();
    slot.deadline(Clock.after(5_000_000));
    assertEquals("TIMEOUT", waiter.result());
  }

  @Test
  void aDeadlineInThePastReachesTheWaiterAtOnce() throws Exception {
    Call<String> waiter = parkUntilStopped();
    slot.deadline(Clock.LONG_AGO);
    assertEquals("TIMEOUT", waiter.result());
  }

  @Test
  void aDeadlineMovedBackHolds() throws Exception {
    for (boolean moved = false; !moved; ) {
      long first = Clock.after(200_000_000);
      slot.deadline(first);
      empty();
      Call<Long> waiter =
          Call.start(
              () -> {
                assertEquals(Kind.TIMEOUT, untilStopped(Clock.NONE));
                return Clock.now();
              });
      Eventually.until(() -> slot.waiter() != null || waiter.done());
      long later = Clock.after(260_000_000);
      slot.deadline(later);
      moved = Clock.now() < first; // or a busy machine was late, and it may have ended before
      long ended = waiter.result();
      assertTrue(!moved || ended >= later, "the deadline it was moved away from still counted");
    }
  }

  @Test
  void aDeadlineTakenBackEndsNothing() throws Exception {
    slot.deadline(Clock.after(2_000_000_000));
    Call<String> waiter = parkUntilStopped();
    Eventually.until(() -> lane.armedTimers() == 1);
    slot.deadline(Clock.NONE);
    Eventually.until(() -> lane.armedTimers() == 0); // the timer has fired
    assertNotNull(slot.waiter());
    slot.deadline(Clock.LONG_AGO);
    assertEquals("TIMEOUT", waiter.result());
  }

  /** The last one out has retired the timers already, which does nothing for one never armed. */
  @Test
  void aDeadlineThatComesBehindTheCloseLeavesNoTimer() throws Exception {
    Call<String> waiter = parkUntilStopped();
    desc.closing = true;
    lane.timers().retire(slot);
    slot.deadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    assertEquals(0, lane.armedTimers());
    slot.close();
    assertEquals("CLOSED", waiter.result());
  }

  @Test
  void theNameOfTheStateTellsWhoWaits() throws Exception {
    Call<String> waiter = park(Clock.NONE);
    assertTrue(slot.stateName().startsWith("parked VirtualThread"), slot.stateName());
    assertTrue(desc.toString().startsWith("gonet descriptor 42 [read parked"), desc.toString());
    slot.ready();
    assertEquals("go on", waiter.result());
    assertNull(slot.waiter());
  }

  // ---- pause -----------------------------------------------------------------------------------

  @Test
  void aPauseLastsWhateverEdgesComeAndATryFollows() throws Exception {
    long until = Clock.after(200_000_000);
    int armed = lane.kernel.armed.size();
    Call<Long> pause = pause(until);
    int edges = 0;
    while (!pause.done()) {
      if (slot.waiter() != null) {
        slot.ready();
        edges++;
      }
      Thread.onSpinWait();
    }
    assertTrue(edges > 0, "the pause was over before the first edge");
    assertTrue(pause.result() >= until, "an edge ended the pause");
    assertEquals("unknown", slot.stateName());
    assertEquals(armed, lane.kernel.armed.size(), "a level would end the pause again and again");
  }

  @Test
  void closeDeadlineAndInterruptEndAPause() throws Exception {
    long hour = Clock.after(TimeUnit.HOURS.toNanos(1));
    Call<String> interrupted = pausing(hour);
    interrupted.thread().interrupt();
    assertEquals("INTERRUPTED", interrupted.result());
    assertTrue(interrupted.interruptStatus());
    assertTrue(slot.mustTry());

    Call<String> late = pausing(hour);
    slot.deadline(Clock.after(1_000_000));
    assertEquals("TIMEOUT", late.result());
    assertTrue(slot.mustTry());
    slot.deadline(Clock.NONE);

    Call<String> closed = pausing(hour);
    desc.evict();
    assertEquals("CLOSED", closed.result());
  }

  private Call<Long> pause(long until) {
    return Call.start(
        () -> {
          assertNull(slot.pause(until, () -> false));
          return Clock.now();
        });
  }

  private Call<String> pausing(long until) {
    Call<String> call = Call.start(() -> String.valueOf(slot.pause(until, () -> false)));
    Eventually.until(() -> slot.waiter() != null);
    return call;
  }

  // ---- help ------------------------------------------------------------------------------------

  private void empty() {
    slot.beginTry();
    assertTrue(slot.sawEmpty());
  }

  private String verdict(long limit) {
    Kind stop = slot.await(limit);
    return stop == null ? "go on" : stop.name();
  }

  /** A single wait, seen in the slot. */
  private Call<String> park(long limit) {
    empty();
    Call<String> call = Call.start(() -> verdict(limit));
    Eventually.until(() -> slot.waiter() != null);
    return call;
  }

  /** What an operation does that never finds anything. */
  private Kind untilStopped(long limit) {
    for (; ; ) {
      Kind stop = slot.check(limit);
      stop = stop == null ? slot.await(limit) : stop;
      if (stop != null) {
        return stop;
      }
    }
  }

  private Call<String> parkUntilStopped() {
    empty();
    Call<String> call = Call.start(() -> untilStopped(Clock.NONE).name());
    Eventually.until(() -> slot.waiter() != null);
    return call;
  }
}
