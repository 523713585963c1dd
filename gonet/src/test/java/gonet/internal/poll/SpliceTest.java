package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.ECONNRESET;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EINVAL;
import static gonet.internal.backend.Errno.EMFILE;
import static gonet.internal.backend.Errno.ENOSYS;
import static gonet.internal.backend.Errno.EPERM;
import static gonet.internal.backend.Errno.EPIPE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From socket to socket: who waits for what, who has the pipe, and what becomes of the bytes. */
@Timeout(180)
@Proves("jvm-splice")
class SpliceTest {
  private static final ManualLane LANE = new ManualLane();

  private final FakeDescriptor source = new FakeDescriptor();
  private final FakeDescriptor sink = new FakeDescriptor();
  private final FD from = new FD(source, LANE, true);
  private final FD to = new FD(sink, LANE, true);
  private final FakePipes kernel = new FakePipes();
  private final Pipes pipes = new Pipes(kernel, LANE);
  private final Splice splice = new Splice(pipes);
  private final List<Long> parts = new ArrayList<>();

  @BeforeEach
  void theKernelCanBeAskedWhetherBytesAreThere() {
    source.probe.always(-EAGAIN);
  }

  @Test
  void anEdgeInsideTheFirstSpliceOutIsNotLost() throws Exception {
    // A reader of the receiving side has registered it.
    Call<Integer> reader =
        Call.start(() -> to.read(new byte[1], 0, 1, Clock.NONE)).parkedIn(to, "read");
    source.spliceInto.then(10);
    assertEquals(10, fill());
    sink.spliceFrom.then(-EAGAIN);
    sink.spliceFrom.during(() -> edge(sink, Readiness.WRITE));
    assertEquals("done", Call.run(this::drain).result());
    sink.receive.then(1);
    edge(sink, Readiness.READ);
    assertEquals(1, reader.result());
  }

  @ParameterizedTest
  @ValueSource(ints = {EINVAL, ENOSYS, EPERM})
  void aKernelOrAFilterThatRefusesToSpliceLeavesItToACopy(int errno) throws Exception {
    source.spliceInto.then(-errno);
    assertEquals(Splice.COPY, fill());
  }

  @AfterEach
  void close() {
    from.close();
    to.close();
    splice.discard();
    assertEquals(List.of(), source.misuse);
    assertEquals(List.of(), sink.misuse);
    Eventually.until(() -> kernel.open() == 0); // a borrowed one would stay
  }

  private int fill() throws FDException {
    return splice.fill(from, Clock.NONE);
  }

  private void drain() throws FDException {
    splice.drain(to, Clock.NONE, parts::add);
  }

  private Call<Integer> parkedFill() {
    return Call.start(this::fill).parkedIn(from, "read");
  }

  private Call<String> parkedDrain() {
    return Call.run(this::drain).parkedIn(to, "write");
  }

  private void edge(FakeDescriptor socket, int events) {
    LANE.kernel.edge(socket, events);
  }

  /** Whether all pipes there are stand in the pool. */
  private boolean nobodyHasAPipe() {
    List<Object> lent = new ArrayList<>();
    long open = kernel.open();
    for (long i = 0; i < open; i++) {
      lent.add(pipes.take());
    }
    boolean all = kernel.open() == open;
    lent.forEach(pipe -> pipes.give((FakePipe) pipe));
    return all;
  }

  // ---- the way of the bytes --------------------------------------------------------------------

  @Test
  void bytesGoInAndOutAndThePipeGoesBack() throws Exception {
    source.spliceInto.then(1000);
    sink.spliceFrom.then(400, 600);
    assertEquals(1000, fill());
    drain();
    assertEquals(List.of(400L, 600L), parts);
    assertTrue(nobodyHasAPipe());
    assertEquals(0, source.receive.calls() + sink.send.calls());
  }

  @Test
  void theEndOfTheStreamIsTheEndAndNoPipeIsKept() throws Exception {
    source.spliceInto.then(0, 0);
    assertEquals(FD.END_OF_STREAM, fill());
    assertEquals(FD.END_OF_STREAM, fill());
    assertTrue(nobodyHasAPipe());
  }

  @Test
  void aSignalRepeatsTheSystemCall() throws Exception {
    source.spliceInto.then(-EINTR, 5);
    sink.spliceFrom.then(-EINTR, 5);
    assertEquals(5, fill());
    drain();
    assertEquals(2, source.spliceInto.calls());
    assertEquals(2, sink.spliceFrom.calls());
  }

  @Test
  void withoutAPipeBothAreLeftToACopy() throws Exception {
    kernel.refusal = EMFILE;
    assertEquals(Splice.COPY, fill());
    assertEquals(0, source.spliceInto.calls());
    source.receive.then(3);
    assertEquals(3, from.read(new byte[10], 0, 10, Clock.NONE));
  }

  @Test
  void aKernelThatRefusesIsNotAskedAgain() throws Exception {
    source.spliceInto.then(-EINVAL);
    assertEquals(Splice.COPY, fill());
    assertEquals(Splice.COPY, fill());
    assertEquals(1, source.spliceInto.calls());
    assertEquals(0, from.error());
    assertTrue(nobodyHasAPipe());
  }

  // ---- waiting for the source ------------------------------------------------------------------

  @Test
  void aFillThatWaitsHoldsNoPipe() throws Exception {
    Call<Integer> fill = parkedFill();
    assertEquals(1, kernel.made.size());
    assertTrue(nobodyHasAPipe());
    source.spliceInto.then(7);
    edge(source, Readiness.READ);
    assertEquals(7, fill.result());
    drain();
  }

  @Test
  void anEdgeDuringTheSystemCallRepeatsItWithoutAWait() throws Exception {
    Call<Integer> first = parkedFill();
    source.spliceInto.then(-EAGAIN, 7).during(() -> edge(source, Readiness.READ));
    edge(source, Readiness.READ);
    assertEquals(7, first.result());
    drain();
  }

  @Test
  void bytesThatTheKernelCannotMoveAreLeftToACopyWithoutAWait() throws Exception {
    source.probe.then(1);
    assertEquals(Splice.COPY, fill());
    assertTrue(nobodyHasAPipe());
    source.receive.then(3);
    assertEquals(3, from.read(new byte[10], 0, 10, Clock.NONE));
  }

  @Test
  void aShortCountDoesNotProveThatTheSourceIsEmpty() throws Exception {
    source.spliceInto.then(1, 1);
    assertEquals(1, fill());
    drain();
    assertEquals(1, fill());
    drain();
    assertEquals(0, source.probe.calls());
  }

  @Test
  void theFailureOfTheSourceIsThatOfAReadAndStays() throws Exception {
    source.spliceInto.then(-ECONNRESET);
    FDException e = assertThrows(FDException.class, this::fill);
    assertEquals(Kind.SYSCALL, e.kind());
    assertEquals(ECONNRESET, e.errno());
    source.spliceInto.then(0);
    assertEquals(ECONNRESET, assertThrows(FDException.class, this::fill).errno());
    assertTrue(nobodyHasAPipe());
  }

  @Test
  void aFailureThatTheProbeWasToldIsNotLost() throws Exception {
    source.probe.then(-ECONNRESET);
    FDException e = assertThrows(FDException.class, this::fill);
    assertEquals(ECONNRESET, e.errno());
  }

  @Test
  void theDeadlineOfTheSourceEndsAFill() throws Exception {
    from.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, this::fill).kind());
    assertEquals(0, source.spliceInto.calls());
    from.readDeadline(Clock.after(TimeUnit.MILLISECONDS.toNanos(20)));
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, this::fill).kind());
    assertTrue(nobodyHasAPipe());
  }

  @Test
  void closeOfTheSourceEndsAFill() {
    Call<Integer> fill = parkedFill();
    from.close();
    assertEquals(Kind.CLOSED, fill.failure().kind());
  }

  @Test
  void anInterruptEndsAFillThatWaitsAndLeavesTheSourceUsable() throws Exception {
    Call<Integer> fill = parkedFill();
    fill.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, fill.failure().kind());
    assertTrue(fill.interruptStatus());
    source.spliceInto.then(2);
    edge(source, Readiness.READ);
    assertEquals(2, fill());
    drain();
  }

  // ---- waiting for the sink --------------------------------------------------------------------

  @Test
  void aFullSinkIsWaitedForAndTheOtherDirectionsGoOn() throws Exception {
    source.spliceInto.then(1000);
    assertEquals(1000, fill());
    sink.spliceFrom.then(300, -EAGAIN);
    Call<String> drain = parkedDrain();
    // Neither the source nor the sink's reader is held up.
    source.receive.then(1);
    assertEquals(1, from.read(new byte[1], 0, 1, Clock.NONE));
    sink.receive.then(1);
    assertEquals(1, to.read(new byte[1], 0, 1, Clock.NONE));
    edge(sink, Readiness.WRITE);
    assertEquals("done", drain.result());
    assertEquals(List.of(300L, 700L), parts);
    assertTrue(nobodyHasAPipe());
  }

  @Test
  void aTimeoutTellsHowMuchWentOutAndTheRestCanBeTakenOut() throws Exception {
    source.spliceInto.then(10);
    assertEquals(10, fill());
    sink.spliceFrom.then(4).always(-EAGAIN);
    Call<String> drain = parkedDrain();
    to.writeDeadline(Clock.LONG_AGO);
    FDException e = drain.failure();
    assertEquals(Kind.TIMEOUT, e.kind());
    assertEquals(4, e.transferred());
    assertArrayEquals(new byte[] {'x', 'x', 'x', 'x', 'x', 'x'}, splice.salvage());
    assertEquals(1, kernel.open());
    assertTrue(nobodyHasAPipe());
  }

  @Test
  void aPipeWithBytesInItIsClosedAndNeverUsedAgain() throws Exception {
    source.spliceInto.then(10, 5);
    assertEquals(10, fill());
    sink.spliceFrom.then(4, -EPIPE);
    FDException e = assertThrows(FDException.class, this::drain);
    assertEquals(EPIPE, e.errno());
    assertEquals(4, e.transferred());
    splice.discard();
    assertTrue(kernel.made.getFirst().closed());
    assertEquals(5, fill());
    drain();
    assertEquals(2, kernel.made.size());
  }

  @Test
  void closeOfTheSinkEndsADrainAndTheSourceStaysUsable() throws Exception {
    source.spliceInto.then(10);
    assertEquals(10, fill());
    sink.spliceFrom.always(-EAGAIN);
    Call<String> drain = parkedDrain();
    to.close();
    assertEquals(Kind.CLOSED, drain.failure().kind());
    splice.discard();
    source.receive.then(1);
    assertEquals(1, from.read(new byte[1], 0, 1, Clock.NONE));
  }

  @Test
  void anInterruptEndsADrainThatWaits() throws Exception {
    source.spliceInto.then(10);
    assertEquals(10, fill());
    sink.spliceFrom.always(-EAGAIN);
    Call<String> drain = parkedDrain();
    drain.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, drain.failure().kind());
    assertEquals(10, splice.salvage().length);
  }

  @Test
  void transfersInOppositeDirectionsDoNotWaitForEachOther() throws Exception {
    Splice back = new Splice(pipes);
    source.spliceInto.then(10);
    sink.spliceInto.then(10);
    sink.spliceFrom.then(-EAGAIN);
    source.spliceFrom.then(-EAGAIN);
    assertEquals(10, fill());
    assertEquals(10, back.fill(to, Clock.NONE));
    Call<String> there = parkedDrain();
    Call<String> home =
        Call.run(() -> back.drain(from, Clock.NONE, n -> {})).parkedIn(from, "write");
    assertFalse(there.done());
    edge(source, Readiness.WRITE);
    assertEquals("done", home.result());
    edge(sink, Readiness.WRITE);
    assertEquals("done", there.result());
  }

  // ---- Errors ----------------------------------------------------------------------------------

  /** A kernel that moves the bytes, and an Error before their number is noted. */
  private static final class Overflowing extends FakeDescriptor {
    volatile boolean overflows = true;

    private int answer(int n) {
      if (overflows) {
        throw new StackOverflowError("made for this test");
      }
      return n;
    }

    @Override
    public int spliceInto(KernelPipe pipe, int len) {
      return answer(super.spliceInto(pipe, len));
    }

    @Override
    public int spliceFrom(KernelPipe pipe, int len) {
      return answer(super.spliceFrom(pipe, len));
    }
  }

  @Test
  void anErrorBehindAFillGivesItsBytesToNobody() throws Exception {
    Overflowing socket = new Overflowing();
    socket.spliceInto.always(100);
    FD other = new FD(socket, LANE, true);
    assertThrows(StackOverflowError.class, () -> splice.fill(other, Clock.NONE));
    assertTrue(kernel.made.getFirst().closed());
    source.spliceInto.then(7);
    assertEquals(7, fill());
    drain();
    assertEquals(List.of(7L), parts);
    assertTrue(other.close());
  }

  @Test
  void anErrorBehindADrainLeavesAPipeThatNobodyGetsAndNobodyFills() throws Exception {
    Overflowing socket = new Overflowing();
    FD other = new FD(socket, LANE, true);
    source.spliceInto.then(100);
    assertEquals(100, fill());
    assertThrows(StackOverflowError.class, () -> splice.drain(other, Clock.NONE, parts::add));
    assertThrows(IllegalStateException.class, this::fill);
    assertThrows(IllegalStateException.class, splice::salvage);
    splice.discard();
    assertTrue(kernel.made.getFirst().closed());
    source.spliceInto.then(7);
    assertEquals(7, fill());
    assertTrue(other.close());
  }

  @Test
  void aFillIsRefusedWhileTheBytesOfTheLastOneAreInThePipe() throws Exception {
    source.spliceInto.then(100, 100);
    assertEquals(100, fill());
    assertThrows(IllegalStateException.class, this::fill);
    drain();
    assertEquals(100, fill());
  }

  /** The stack is cut in a fill, and in the drain that follows one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOverflowAnywhereLeavesNoLockAndNoBytesForOthers(boolean inFill) throws Exception {
    List<Cut> cuts = IntStream.range(0, 200).mapToObj(level -> new Cut(inFill)).toList();
    for (Cut cut : cuts) {
      cut.prepare();
    }
    var _ = CutStack.run(cuts);
    for (Cut cut : cuts) {
      cut.assertNothingIsLeft();
    }
  }

  private final class Cut implements CutStack.Body {
    private final boolean inFill;
    private final FakeDescriptor in = new FakeDescriptor();
    private final FakeDescriptor out = new FakeDescriptor();
    private final FD reads = new FD(in, LANE, true);
    private final FD writes = new FD(out, LANE, true);
    private final Splice moves = new Splice(pipes);

    Cut(boolean inFill) {
      this.inFill = inFill;
      in.spliceInto.always(5);
    }

    void prepare() throws FDException {
      if (!inFill) {
        assertEquals(5, moves.fill(reads, Clock.NONE));
      }
    }

    @Override
    public void run() throws FDException {
      if (inFill) {
        var _ = moves.fill(reads, Clock.NONE);
      } else {
        moves.drain(writes, Clock.NONE, part -> {});
      }
    }

    void assertNothingIsLeft() throws Exception {
      moves.discard();
      in.receive.always(1);
      assertEquals(1, Call.start(() -> reads.read(new byte[1], 0, 1, Clock.NONE)).result());
      assertEquals("done", Call.run(() -> writes.write(new byte[1], 0, 1, Clock.NONE)).result());
      assertTrue(Call.start(reads::close).result());
      assertTrue(Call.start(writes::close).result());
      assertEquals(List.of(), in.misuse);
      assertEquals(List.of(), out.misuse);
    }
  }
}
