package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EBADF;
import static gonet.internal.backend.Errno.ECONNRESET;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EMSGSIZE;
import static gonet.internal.backend.Errno.ENOBUFS;
import static gonet.internal.backend.Errno.ENOMEM;
import static gonet.internal.backend.Errno.ENOSPC;
import static gonet.internal.backend.Errno.ENOTCONN;
import static gonet.internal.backend.Errno.EPIPE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a read asks the kernel, when it waits, and what it answers. */
@Timeout(180)
@Proves("S2")
class FDReadTest {
  private static final ManualLane LANE = new ManualLane();

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, LANE, true);
  private final byte[] buf = new byte[10];

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
  }

  // ---- try, wait, try again --------------------------------------------------------------------

  @Test
  void aSignalRepeatsTheSystemCall() throws Exception {
    socket.receive.then(-EINTR, -EINTR, 5);
    assertEquals(5, read());
    assertEquals(3, socket.receive.calls());
  }

  @Test
  void anEmptyKernelIsWaitedForAndAskedAgainAfterTheEdge() throws Exception {
    Call<Integer> reader = parkedReader();
    socket.receive.then(3);
    edge(Readiness.READ);
    assertEquals(3, reader.result());
    assertEquals(2, socket.receive.calls());
  }

  @Test
  void anEdgeDuringTheSystemCallRepeatsItWithoutAWait() throws Exception {
    register();
    socket.receive.then(-EAGAIN, 3).during(() -> edge(Readiness.READ));
    assertEquals(3, read());
  }

  @Test
  @Proves("B17")
  void anEdgeWithNothingBehindItLeadsToAnotherWait() throws Exception {
    Call<Integer> reader = parkedReader();
    edge(Readiness.READ);
    Eventually.until(() -> socket.receive.calls() == 2);
    reader.parkedIn(fd, "read");
    socket.receive.then(1);
    edge(Readiness.READ);
    assertEquals(1, reader.result());
  }

  @Test
  void anEdgeForWritersWakesNoReader() {
    Call<Integer> reader = parkedReader();
    edge(Readiness.WRITE);
    assertFalse(reader.done());
    assertEquals(1, socket.receive.calls());
  }

  @Test
  @Proves("A35")
  void aDescriptorIsRegisteredAtItsFirstWaitAndOnlyOnce() throws Exception {
    int before = LANE.kernel.registrations();
    socket.receive.then(10);
    assertEquals(10, read());
    assertEquals(before, LANE.kernel.registrations());
    register();
    register();
    assertEquals(before + 1, LANE.kernel.registrations());
  }

  @Test
  void aRefusedRegistrationIsTheFailureOfTheCallAndTheNextOneTriesAgain() throws Exception {
    LANE.kernel.refusal = ENOSPC;
    try {
      FDException e = assertThrows(FDException.class, this::read);
      assertEquals(Kind.SYSCALL, e.kind());
      assertEquals("epoll_ctl", e.call());
      assertEquals(ENOSPC, e.errno());
    } finally {
      LANE.kernel.refusal = 0;
    }
    Call<Integer> reader = Call.start(this::read).parkedIn(fd, "read");
    socket.receive.then(1);
    edge(Readiness.READ);
    assertEquals(1, reader.result());
  }

  // ---- what a short read proves ----------------------------------------------------------------

  @Test
  void afterAShortReadTheNextOneWaitsWithoutASystemCall() throws Exception {
    socket.receive.then(3);
    assertEquals(3, read());
    Call<Integer> reader = Call.start(this::read).parkedIn(fd, "read");
    assertEquals(1, socket.receive.calls());
    socket.receive.then(4);
    edge(Readiness.READ);
    assertEquals(4, reader.result());
    assertEquals(2, socket.receive.calls());
  }

  @Test
  void anEdgeThatCameDuringAShortReadIsNotForgotten() throws Exception {
    register();
    socket.receive.then(3, 4).during(() -> edge(Readiness.READ));
    assertEquals(3, read());
    assertEquals(4, read());
  }

  @Test
  void aReadThatFilledTheBufferProvesNothing() throws Exception {
    socket.receive.then(10, 2);
    assertEquals(10, read());
    assertEquals(2, read());
  }

  @Test
  void aReadIsShortOnlyIfItGaveLessThanTheKernelWasAskedFor() throws Exception {
    socket.maxTransfer = 4;
    socket.receive.then(4, 2);
    assertEquals(4, read());
    assertEquals(2, read());
  }

  @Test
  void afterAHangupOrUrgentDataAShortReadProvesNothing() throws Exception {
    register();
    edge(Readiness.READ | Readiness.STICKY);
    socket.receive.then(3, 4, 5);
    assertEquals(3, read());
    assertEquals(4, read());
    assertEquals(5, read());
  }

  @Test
  void urgentDataAnnouncedDuringTheSystemCallCountsAlready() throws Exception {
    register();
    socket.receive.then(3, 4).during(() -> edge(Readiness.STICKY));
    assertEquals(3, read());
    assertEquals(4, read());
  }

  @Test
  void whereReadsStopAtMessagesAShortReadProvesNothing() throws Exception {
    FakeDescriptor unix = new FakeDescriptor();
    FD other = new FD(unix, LANE, false);
    unix.receive.then(3, 4);
    assertEquals(3, other.read(buf, 0, 10, Clock.NONE));
    assertEquals(4, other.read(buf, 0, 10, Clock.NONE));
    other.close();
  }

  // ---- end of stream and errors ----------------------------------------------------------------

  @Test
  void theEndOfTheStreamIsReportedAgainAndAgain() throws Exception {
    socket.receive.always(0);
    assertEquals(FD.END_OF_STREAM, read());
    assertEquals(FD.END_OF_STREAM, read());
  }

  @Test
  void aReadOfNothingAnswersAtOnceWithoutASystemCall() throws Exception {
    assertEquals(0, fd.read(buf, 0, 0, Clock.NONE));
    assertEquals(0, socket.receive.calls());
  }

  @Test
  void theBuffersPositionMovesByTheResult() throws Exception {
    ByteBuffer buffer = ByteBuffer.wrap(buf).position(2);
    socket.receive.then(3);
    assertEquals(3, fd.read(buffer, Clock.NONE));
    assertEquals(5, buffer.position());
  }

  @Test
  void aResetThatAWriterHeardOfIsToldToReadersEveryTime() throws Exception {
    socket.send.then(-ECONNRESET);
    FDException write = assertThrows(FDException.class, () -> fd.write(buf, 0, 1, Clock.NONE));
    assertEquals(ECONNRESET, write.errno());
    socket.receive.always(0);
    for (int i = 0; i < 3; i++) {
      FDException read = assertThrows(FDException.class, this::read);
      assertEquals(Kind.SYSCALL, read.kind());
      assertEquals(ECONNRESET, read.errno());
    }
  }

  /** The kernel tells an error once: to the send, which has not come to record it yet. */
  @Test
  void anEndThatASendUnderWayMayExplainIsNoCleanEnd() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch sending = new CountDownLatch(1);
    socket.send.then(-ECONNRESET);
    socket.send.during(
        () -> {
          sending.countDown();
          awaitUninterruptibly(go);
        });
    Call<String> writer = Call.run(() -> fd.write(buf, 0, 1, Clock.NONE));
    sending.await();
    socket.receive.always(0);
    Call<Integer> reader = Call.start(this::read);
    Eventually.until(() -> asleep(reader) || reader.done());
    go.countDown();
    assertEquals(ECONNRESET, reader.failure().errno());
    assertEquals(ECONNRESET, writer.failure().errno());
  }

  /** A writer of much is always in a send. Only the one that had begun can know of the end. */
  @Test
  void aReaderWaitsForTheSendUnderWayAndForNoneBehindIt() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch endOfFirst = new CountDownLatch(1);
    CountDownLatch endOfSecond = new CountDownLatch(1);
    socket.maxTransfer = 1;
    socket.send.during(
        () -> {
          sending.countDown();
          awaitUninterruptibly(endOfFirst);
          socket.send.during(() -> awaitUninterruptibly(endOfSecond));
        });
    Call<String> writer = Call.run(() -> fd.write(new byte[2], 0, 2, Clock.NONE));
    sending.await();
    socket.receive.always(0);
    Call<Integer> reader = Call.start(this::read);
    Eventually.until(() -> asleep(reader));
    endOfFirst.countDown();
    try {
      assertEquals(-1, reader.result());
      assertFalse(writer.done(), "the reader has waited for the whole write");
    } finally {
      endOfSecond.countDown();
    }
    assertEquals("done", writer.result());
  }

  /** With the status set a park returns at once, and a loop of those takes the writer's carrier. */
  @Test
  void aReaderThatIsInterruptedSleepsForASendUnderWayAndStaysInterrupted() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch sending = new CountDownLatch(1);
    socket.send.during(
        () -> {
          sending.countDown();
          awaitUninterruptibly(go);
        });
    Call<String> writer = Call.run(() -> fd.write(buf, 0, 1, Clock.NONE));
    sending.await();
    socket.receive.always(0);
    Call<Integer> reader = Call.startInterrupted(this::read);
    Eventually.until(() -> asleep(reader));
    go.countDown();
    assertEquals("done", writer.result());
    assertEquals(-1, reader.result());
    assertTrue(reader.interruptStatus());
  }

  @Test
  void aWriterThatWaitsForTheKernelExplainsNoEnd() throws Exception {
    socket.send.then(-EAGAIN);
    Call<String> writer = Call.run(() -> fd.write(buf, 0, 1, Clock.NONE)).parkedIn(fd, "write");
    socket.receive.always(0);
    assertEquals(-1, Call.start(this::read).result());
    edge(Readiness.WRITE);
    assertEquals("done", writer.result());
  }

  private static boolean asleep(Call<?> call) {
    return call.thread().getState() == Thread.State.TIMED_WAITING;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatArrivedBeforeTheResetIsDeliveredFirst() throws Exception {
    socket.send.then(-ECONNRESET);
    assertThrows(FDException.class, () -> fd.write(buf, 0, 1, Clock.NONE));
    socket.receive.then(10, 0);
    assertEquals(10, read());
    assertThrows(FDException.class, this::read);
  }

  @Test
  void aResetThatAReaderHeardOfIsRepeatedInsteadOfTheEnd() {
    socket.receive.then(-ECONNRESET, 0, 0);
    for (int i = 0; i < 3; i++) {
      assertEquals(ECONNRESET, assertThrows(FDException.class, this::read).errno());
    }
  }

  @Test
  void theFirstFatalErrorIsTheOneThatIsRemembered() {
    socket.receive.then(-ECONNRESET, -ENOTCONN, 0);
    assertEquals(ECONNRESET, assertThrows(FDException.class, this::read).errno());
    assertEquals(ENOTCONN, assertThrows(FDException.class, this::read).errno());
    assertEquals(ECONNRESET, assertThrows(FDException.class, this::read).errno());
  }

  @Test
  void aBrokenPipeProvesNothingAboutTheOtherDirection() throws Exception {
    socket.send.then(-EPIPE);
    assertThrows(FDException.class, () -> fd.write(buf, 0, 1, Clock.NONE));
    socket.receive.then(0);
    assertEquals(FD.END_OF_STREAM, read());
  }

  @Test
  void aMessageThatIsTooLongProvesNothingAboutTheConnection() throws Exception {
    socket.send.then(-EMSGSIZE);
    FDException e = assertThrows(FDException.class, () -> fd.write(buf, 0, 1, Clock.NONE));
    assertEquals(EMSGSIZE, e.errno());
    assertEquals(0, fd.error());
    socket.receive.then(0);
    assertEquals(FD.END_OF_STREAM, read());
  }

  @Test
  void wantOfMemoryProvesNothingAboutTheConnection() throws Exception {
    socket.receive.then(-ENOMEM, -ENOBUFS, 0);
    assertEquals(ENOMEM, assertThrows(FDException.class, this::read).errno());
    assertEquals(ENOBUFS, assertThrows(FDException.class, this::read).errno());
    assertEquals(FD.END_OF_STREAM, read());
  }

  @Test
  void closingTheReadingHalfEndsAWaitingReadAndAllLaterOnes() throws Exception {
    Call<Integer> reader = parkedReader();
    fd.closeRead();
    assertEquals(FD.END_OF_STREAM, reader.result());
    socket.receive.then(5); // Linux goes on delivering
    assertEquals(FD.END_OF_STREAM, read());
  }

  @Test
  void aReadingHalfThatCannotBeClosedIsTheFailureOfThatCall() {
    socket.shutdownAnswer = -ENOTCONN;
    FDException e = assertThrows(FDException.class, fd::closeRead);
    assertEquals("shutdown", e.call());
    assertEquals(ENOTCONN, e.errno());
  }

  // ---- several readers -------------------------------------------------------------------------

  @Test
  void readersTakeTurns() throws Exception {
    Call<Integer> first = parkedReader();
    Call<Integer> second = Call.start(this::read).asleep();
    socket.receive.then(10, 7);
    edge(Readiness.READ);
    assertEquals(10, first.result());
    assertEquals(7, second.result());
  }

  @Test
  void theLimitOfACallCoversTheWaitForItsTurn() {
    Call<Integer> first = parkedReader();
    Call<Integer> second = Call.start(() -> fd.read(buf, 0, 10, Clock.after(10_000_000)));
    assertEquals(Kind.TIMEOUT, second.failure().kind());
    assertFalse(first.done());
  }

  @Test
  void aReaderThatWaitsForItsTurnCanBeInterrupted() throws Exception {
    Call<Integer> first = parkedReader();
    Call<Integer> second = Call.start(this::read).asleep();
    second.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, second.failure().kind());
    assertEquals(true, second.interruptStatus());
    socket.receive.then(1);
    edge(Readiness.READ);
    assertEquals(1, first.result());
  }

  // ---- help ------------------------------------------------------------------------------------

  private int read() throws FDException {
    return fd.read(buf, 0, buf.length, Clock.NONE);
  }

  private Call<Integer> parkedReader() {
    return Call.start(this::read).parkedIn(fd, "read");
  }

  private void edge(int events) {
    LANE.kernel.edge(socket, events);
  }

  /** A read that waits and then fills the buffer, so that the next one must try. */
  private void register() throws Exception {
    Call<Integer> reader = parkedReader();
    socket.receive.then(10);
    edge(Readiness.READ);
    assertEquals(10, reader.result());
  }

  /** As when the kernel's set was taken away and there is no descriptor for another. */
  @Test
  void whenNothingCanBeReportedAnyMoreNobodyWaits() throws Exception {
    Call<Integer> read = Call.start(() -> read()).parkedIn(fd, "read");
    LANE.kernel.failure = EBADF;
    LANE.kernel.edge(socket, Readiness.READ | Readiness.WRITE);
    FDException e = read.failure();
    assertEquals(Kind.SYSCALL, e.kind());
    assertEquals(EBADF, e.errno());
    assertEquals("epoll_wait", e.call());
    assertEquals(EBADF, Call.start(() -> read()).failure().errno());
    LANE.kernel.failure = 0;
    Call<Integer> again = Call.start(() -> read()).parkedIn(fd, "read");
    socket.receive.then(3);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(3, again.result());
  }
}
