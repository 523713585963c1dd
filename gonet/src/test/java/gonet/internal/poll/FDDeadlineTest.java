package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines and interrupts: what they end, what they leave alone. */
@Timeout(180)
class FDDeadlineTest {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  /** Not over before a call has come to its wait, unless the machine stands still. */
  private static final long SOON = 200 * MILLISECOND;

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  /** One for each test: it counts timers. */
  private final ManualLane lane = new ManualLane();

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, lane, true);
  private final byte[] buf = new byte[10];

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
    assertEquals(0, lane.armedTimers());
    assertEquals(0, lane.registered());
  }

  @Test
  void aPassedDeadlineFailsBeforeTheSystemCallEvenWhenDataIsReady() throws Exception {
    socket.receive.always(10);
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, () -> read(Clock.NONE)).kind());
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, () -> read(Clock.NONE)).kind());
    assertEquals(0, socket.receive.calls());
    fd.readDeadline(Clock.NONE);
    assertEquals(10, read(Clock.NONE));
  }

  /** At a limit on threads; the next call asks anew. */
  @Test
  @Proves("jvm-no-thread")
  void aWaitThatFindsNoThreadForItsTimerFailsAndSaysSo() throws Exception {
    socket.receive.then(-EAGAIN);
    FDException e =
        Daemons.making(
            Refusing::thread, () -> assertThrows(FDException.class, () -> read(Clock.after(HOUR))));
    assertEquals("clone gonet-timer", e.call());
    assertEquals(EAGAIN, e.errno());
    assertEquals(0, lane.armedTimers());
    Call<Integer> waiting = Call.start(() -> read(Clock.after(HOUR))).parkedIn(fd, "read");
    socket.receive.then(10);
    lane.kernel.edge(socket, Readiness.READ);
    assertEquals(10, waiting.result());
  }

  @Test
  @Proves("jvm-no-thread")
  void aDeadlineThatFindsNoThreadForItsTimerStandsAndTheSetterIsTold() throws Exception {
    Call<Integer> waiting = Call.start(() -> read(Clock.NONE)).parkedIn(fd, "read");
    long when = Clock.after(HOUR);
    FDException e =
        Daemons.making(
            Refusing::thread, () -> assertThrows(FDException.class, () -> fd.readDeadline(when)));
    assertEquals("clone gonet-timer", e.call());
    assertEquals(when, fd.readDeadline());
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, waiting.failure().kind());
  }

  @Test
  void aPassedLimitOfACallFailsBeforeTheSystemCall() {
    socket.receive.always(10);
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, () -> read(Clock.LONG_AGO)).kind());
    assertEquals(0, socket.receive.calls());
  }

  // ---- whose limit it was
  // ------------------------------------------------------------------------

  @Test
  void aTimeoutTellsWhoseLimitItWas() throws Exception {
    long sticky = Clock.after(HOUR);
    fd.readDeadline(sticky);
    long own = Clock.after(MILLISECOND);
    assertEquals(own, Call.start(() -> read(own)).failure().limit());
    fd.readDeadline(own);
    assertEquals(own, Call.start(() -> read(sticky)).failure().limit());
    assertEquals(own, Call.start(() -> read(Clock.NONE)).failure().limit());
  }

  @Test
  void theEarlierOfTwoLimitsThatHavePassedIsTheOneThatStruck() throws Exception {
    fd.readDeadline(Clock.LONG_AGO + 1);
    assertEquals(Clock.LONG_AGO, assertThrows(FDException.class, () -> read(1)).limit());
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Clock.LONG_AGO, assertThrows(FDException.class, () -> read(2)).limit());
  }

  @Test
  void aWriteAndAWaitForOnesTurnTellTheSame() throws Exception {
    socket.send.always(-EAGAIN);
    long own = Clock.after(MILLISECOND);
    assertEquals(own, Call.run(() -> fd.write(buf, 0, 10, own)).failure().limit());
    Call<Integer> holder = Call.start(() -> read(Clock.NONE)).parkedIn(fd, "read");
    long turn = Clock.after(MILLISECOND);
    assertEquals(turn, Call.start(() -> read(turn)).failure().limit());
    assertFalse(holder.done());
  }

  @Test
  void otherFailuresHaveNoLimit() throws Exception {
    Call<Integer> read = Call.startInterrupted(() -> read(Clock.after(HOUR)));
    assertEquals(Clock.NONE, read.failure().limit());
  }

  // ---- behind a wait without a thread
  // ------------------------------------------------------------

  @Test
  void aReadBehindAWaitWithoutAThreadKeepsToTheStickyDeadline() throws Exception {
    fd.readDeadline(Clock.after(20 * MILLISECOND));
    Holder wait = new Holder();
    assertFalse(fd.whenReadable(wait));
    FDException e = Call.start(() -> read(Clock.NONE)).failure();
    assertEquals(Kind.TIMEOUT, e.kind());
    assertEquals(fd.readDeadline(), e.limit());
  }

  @Test
  void aDeadlineThatIsMovedEndsTheWaitForOnesTurn() throws Exception {
    assertFalse(fd.whenReadable(new Holder()));
    Call<Integer> read = Call.start(() -> read(Clock.NONE)).asleep();
    fd.readDeadline(Clock.after(HOUR));
    read.asleep();
    assertFalse(read.done());
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, read.failure().kind());
  }

  private final class Holder implements ReadWait {
    @Override
    public void readable() {
      fd.endWait();
    }

    @Override
    public void closed() {
      fd.endWait();
    }
  }

  // ---- the last look
  // -----------------------------------------------------------------------------

  /** As after SIGSTOP: the bytes are in the kernel, and the timer is quicker than the poller. */
  @Test
  void aLimitThatPassesWhileTheBytesAreThereDeliversThem() throws Exception {
    socket.receive.then(-EAGAIN, 7);
    assertEquals(7, Call.start(() -> read(Clock.after(SOON))).result());
    assertEquals(2, socket.receive.calls());
  }

  @Test
  void aStickyDeadlineTakesALastLookTooAndFailsTheNextReadAtOnce() throws Exception {
    socket.receive.then(-EAGAIN, 7);
    socket.receive.always(7);
    // Only now: a deadline that is over before the read begins ends it at once.
    Call<Integer> reader = Call.start(() -> read(Clock.NONE)).parkedIn(fd, "read");
    fd.readDeadline(Clock.after(MILLISECOND));
    assertEquals(7, reader.result());
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, () -> read(Clock.NONE)).kind());
    assertEquals(2, socket.receive.calls());
  }

  @Test
  void aWaitForReadabilityTakesALastLook() throws Exception {
    socket.probe.then(-EAGAIN, 1);
    Call.run(() -> fd.awaitReadable(Clock.after(SOON))).result();
    assertEquals(2, socket.probe.calls());
  }

  @Test
  void aLastLookInVainIsOneSystemCallAndATimeout() throws Exception {
    FDException e = Call.start(() -> read(Clock.after(SOON))).failure();
    assertEquals(Kind.TIMEOUT, e.kind());
    assertEquals(2, socket.receive.calls());
    socket.receive.then(3);
    lane.kernel.edge(socket, Readiness.READ);
    assertEquals(3, read(Clock.NONE), "the look has left the slot as it should be");
  }

  @Test
  void theDeadlinesOfTheTwoDirectionsAreIndependent() throws Exception {
    fd.readDeadline(Clock.LONG_AGO);
    fd.write(buf, 0, 10, Clock.NONE);
    fd.readDeadline(Clock.NONE);
    fd.writeDeadline(Clock.LONG_AGO);
    socket.receive.then(1);
    assertEquals(1, read(Clock.NONE));
  }

  @Test
  void aDeadlineOfEitherDirectionCanBeTakenBack() throws Exception {
    fd.writeDeadline(Clock.LONG_AGO);
    FDException e = assertThrows(FDException.class, () -> fd.write(buf, 0, 10, Clock.NONE));
    assertEquals(Kind.TIMEOUT, e.kind());
    fd.writeDeadline(Clock.NONE);
    assertEquals(Clock.NONE, fd.writeDeadline());
    fd.write(buf, 0, 10, Clock.NONE);
    fd.readDeadline(Clock.LONG_AGO);
    e = assertThrows(FDException.class, () -> read(Clock.NONE));
    assertEquals(Kind.TIMEOUT, e.kind());
    fd.readDeadline(Clock.NONE);
    socket.receive.then(1);
    assertEquals(1, read(Clock.NONE));
  }

  @Test
  void aLimitCountsForItsCallAlone() throws Exception {
    assertEquals(
        Kind.TIMEOUT, assertThrows(FDException.class, () -> read(Clock.after(1_000_000))).kind());
    Call<Integer> reader = parkedReader();
    Eventually.until(() -> lane.armedTimers() == 0);
    assertFalse(reader.done());
    socket.receive.then(2);
    edge();
    assertEquals(2, reader.result());
  }

  @Test
  void theEarlierOfLimitAndDeadlineWins() throws Exception {
    fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    assertThrows(FDException.class, () -> read(Clock.after(1_000_000)));
    fd.readDeadline(Clock.after(1_000_000));
    assertThrows(FDException.class, () -> read(Clock.after(TimeUnit.HOURS.toNanos(1))));
  }

  @Test
  void aTimeoutLeavesTheDescriptorUsable() throws Exception {
    assertThrows(FDException.class, () -> read(Clock.after(1_000_000)));
    edge();
    socket.receive.then(5);
    assertEquals(5, read(Clock.NONE));
  }

  @Test
  void deadlinesThatNobodyWaitsForArmNoTimer() throws Exception {
    for (int i = 1; i <= 1000; i++) {
      fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(i)));
    }
    assertEquals(0, lane.armedTimers());
  }

  @Test
  void aDeadlineMovedAThousandTimesIsOneTimer() throws Exception {
    fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(2)));
    Call<Integer> reader = parkedReader();
    for (int i = 0; i < 1000; i++) {
      fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(1) + i % 7));
    }
    assertEquals(1, lane.armedTimers());
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, reader.failure().kind());
  }

  @Test
  void closeTakesTheTimersOut() throws Exception {
    fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    fd.writeDeadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    socket.send.always(-EAGAIN);
    Call<Integer> reader = parkedReader();
    Call<String> writer = Call.run(() -> fd.write(buf, 0, 1, Clock.NONE)).parkedIn(fd, "write");
    Eventually.until(() -> lane.armedTimers() == 2);
    fd.close();
    assertEquals(0, lane.armedTimers());
    assertEquals(Kind.CLOSED, reader.failure().kind());
    assertEquals(Kind.CLOSED, writer.failure().kind());
  }

  @Test
  void deadlinesOfAClosedDescriptorCannotBeSet() {
    fd.close();
    assertEquals(
        Kind.CLOSED, assertThrows(FDException.class, () -> fd.readDeadline(Clock.NONE)).kind());
    assertEquals(
        Kind.CLOSED, assertThrows(FDException.class, () -> fd.writeDeadline(Clock.NONE)).kind());
  }

  @Test
  void deadlinesSetWhileOthersCloseLeaveNoTimer() throws Exception {
    for (int i = 0; i < 200; i++) {
      FakeDescriptor other = new FakeDescriptor();
      FD closing = new FD(other, lane, true);
      Call<Integer> reader = Call.start(() -> closing.read(new byte[1], 0, 1, Clock.NONE));
      reader.parkedIn(closing, "read");
      Call<String> setter =
          Call.run(() -> closing.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(1))));
      closing.close();
      assertEquals(Kind.CLOSED, reader.failure().kind());
      Eventually.until(setter::done);
      assertEquals(0, lane.armedTimers());
    }
  }

  // ---- interrupts ------------------------------------------------------------------------------

  @Test
  void anInterruptEndsTheWaitAndLeavesStatusAndDescriptorAlone() throws Exception {
    Call<Integer> reader = parkedReader();
    reader.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, reader.failure().kind());
    assertTrue(reader.interruptStatus());
    edge();
    socket.receive.then(4);
    assertEquals(4, read(Clock.NONE));
  }

  @Test
  void aCallThatWouldWaitWithTheStatusSetFailsAtOnce() {
    Call<Integer> reader = Call.startInterrupted(() -> read(Clock.NONE));
    assertEquals(Kind.INTERRUPTED, reader.failure().kind());
    assertTrue(reader.interruptStatus());
  }

  @Test
  void aCallThatNeedNotWaitCompletesWithTheStatusSet() throws Exception {
    socket.receive.then(6);
    Call<Integer> reader = Call.startInterrupted(() -> read(Clock.NONE));
    assertEquals(6, reader.result());
    assertTrue(reader.interruptStatus());
  }

  private int read(long limit) throws FDException {
    return fd.read(buf, 0, buf.length, limit);
  }

  private Call<Integer> parkedReader() {
    return Call.start(() -> read(Clock.NONE)).parkedIn(fd, "read");
  }

  private void edge() {
    lane.kernel.edge(socket, Readiness.READ);
  }
}
