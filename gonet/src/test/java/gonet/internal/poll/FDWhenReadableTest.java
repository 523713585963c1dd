package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wait without a thread is told exactly once, or taken back. */
@Timeout(180)
class FDWhenReadableTest {
  private static final ManualLane LANE = new ManualLane();

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, LANE, true);
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** So many times it throws when it is told. */
  private final AtomicInteger failing = new AtomicInteger();

  private final ReadWait wait =
      new ReadWait() {
        @Override
        public void readable() {
          if (failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new OutOfMemoryError("made for this test");
          }
          told.add("readable");
        }

        @Override
        public void closed() {
          told.add("closed");
          fd.endWait();
        }
      };

  FDWhenReadableTest() {
    socket.probe.always(-EAGAIN);
  }

  @Test
  void whatIsThereAlreadyLeavesNothingBehind() throws Exception {
    socket.probe.always(1);
    assertTrue(fd.whenReadable(wait));
    socket.receive.then(1);
    assertEquals(1, fd.read(new byte[1], 0, 1, Clock.NONE));
    assertTrue(fd.close());
    assertEquals(List.of(), told);
  }

  @Test
  void anEdgeTellsOnceAndTheWaitHoldsTheReadLockUntilItIsGivenBack() throws Exception {
    assertFalse(fd.whenReadable(wait));
    LANE.kernel.edge(socket, Readiness.READ);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(List.of("readable"), told);
    assertFalse(fd.cancelWait(wait), "it was told");
    socket.receive.then(1);
    Call<Integer> reader = Call.start(() -> fd.read(new byte[1], 0, 1, Clock.NONE)).asleep();
    fd.endWait();
    assertEquals(1, reader.result());
    assertTrue(fd.close());
  }

  /** Some backends tell nothing unasked. */
  @Test
  void aWaitAsksToBeToldOfReads() throws Exception {
    int before = LANE.kernel.armed.size();
    assertFalse(fd.whenReadable(wait));
    assertEquals(
        List.of(Readiness.READ), LANE.kernel.armed.subList(before, LANE.kernel.armed.size()));
    assertTrue(fd.cancelWait(wait));
    assertTrue(fd.close());
  }

  /** For want of memory for a thread: neither the connection is lost nor the wake-up. */
  @Test
  void aWaitThatThrowsIsToldAgainAndThenOnce() throws Exception {
    assertFalse(fd.whenReadable(wait));
    failing.set(4);
    assertThrows(OutOfMemoryError.class, () -> LANE.kernel.edge(socket, Readiness.READ));
    Eventually.until(() -> told.equals(List.of("readable")));
    assertEquals(0, failing.get());
    assertFalse(fd.cancelWait(wait), "it was told");
    fd.endWait();
    assertFalse(fd.whenReadable(wait));
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(List.of("readable", "readable"), told);
    fd.endWait();
    assertTrue(fd.close());
  }

  @Test
  void aWaitThatThrowsCanStillBeClosedOrTakenBack() throws Exception {
    failing.set(Integer.MAX_VALUE);
    assertFalse(fd.whenReadable(wait));
    assertThrows(OutOfMemoryError.class, () -> LANE.kernel.edge(socket, Readiness.READ));
    Eventually.until(() -> fd.cancelWait(wait));
    failing.set(0);
    assertEquals(List.of(), told);
    assertFalse(fd.whenReadable(wait));
    failing.set(Integer.MAX_VALUE);
    assertThrows(OutOfMemoryError.class, () -> LANE.kernel.edge(socket, Readiness.READ));
    assertTrue(fd.close());
    assertEquals(List.of("closed"), told);
    assertEquals(1, socket.close.calls());
  }

  /** A timer that a thread's deadline left behind is no reason. */
  @Test
  void aDeadlineOfAnEarlierCallTellsNothing() throws Exception {
    Call<Integer> reader =
        Call.start(() -> fd.read(new byte[1], 0, 1, Clock.after(2_000_000_000)))
            .parkedIn(fd, "read");
    socket.receive.then(1);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(1, reader.result());
    assertFalse(fd.whenReadable(wait));
    Eventually.until(() -> LANE.armedTimers() == 0);
    assertEquals(List.of(), told);
    assertTrue(fd.close());
    assertEquals(List.of("closed"), told);
  }

  @Test
  void anEdgeDuringTheProbeIsLookedAtAgain() throws Exception {
    Call<Integer> reader =
        Call.start(() -> fd.read(new byte[1], 0, 1, Clock.NONE)).parkedIn(fd, "read");
    socket.receive.then(1);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(1, reader.result());
    socket.probe.then(-EAGAIN, 1);
    socket.probe.during(() -> LANE.kernel.edge(socket, Readiness.READ));
    assertTrue(fd.whenReadable(wait));
    assertTrue(fd.close());
    assertEquals(List.of(), told);
  }

  @Test
  void aWaitThatIsTakenBackIsNotTold() throws Exception {
    assertFalse(fd.whenReadable(wait));
    assertTrue(fd.cancelWait(wait));
    assertFalse(fd.cancelWait(wait));
    LANE.kernel.edge(socket, Readiness.READ);
    assertTrue(fd.close());
    assertEquals(List.of(), told);
  }

  @Test
  void closeTellsTheWaitAndWaitsForItsEnd() throws Exception {
    assertFalse(fd.whenReadable(wait));
    assertTrue(fd.close());
    assertEquals(List.of("closed"), told);
    assertEquals(1, socket.close.calls());
  }

  /** Close has looked at the slot by then, so the wait itself has to see that it is too late. */
  @Test
  void aCloseBetweenTheCheckAndTheSlotLeavesNothingBehind() throws Exception {
    List<Call<Boolean>> closers = new ArrayList<>();
    socket.probe.during(
        () -> {
          closers.add(Call.start(fd::close));
          Eventually.until(fd::closed);
          closers.getFirst().asleep(); // it has told everybody, and waits for this call to leave
        });
    FDException e = assertThrows(FDException.class, () -> fd.whenReadable(wait));
    assertEquals(Kind.CLOSED, e.kind());
    assertTrue(closers.getFirst().result());
    assertEquals(List.of(), told);
    assertEquals(1, socket.close.calls());
  }
}
