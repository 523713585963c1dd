package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.ECONNRESET;
import static gonet.internal.backend.Errno.EINTR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A write sends everything, or tells how much it sent. */
@Timeout(180)
@Proves("S2")
class FDWriteTest {
  private static final ManualLane LANE = new ManualLane();

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, LANE, true);
  private final byte[] buf = new byte[100];

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
  }

  @Test
  void partialSendsAndSignalsAddUpToTheWhole() throws Exception {
    socket.send.then(10, -EINTR, 20, 70);
    write();
    assertEquals(4, socket.send.calls());
  }

  @Test
  void nothingToWriteIsNoSystemCall() throws Exception {
    fd.write(buf, 0, 0, Clock.NONE);
    fd.write(ByteBuffer.allocate(0), Clock.NONE);
    fd.write(new ByteBuffer[0], Clock.NONE);
    fd.write(new ByteBuffer[] {ByteBuffer.allocate(0)}, Clock.NONE);
    assertEquals(0, socket.send.calls());
  }

  @Test
  @Proves("B29")
  void aFullKernelIsWaitedForInTheMiddleOfAWrite() throws Exception {
    socket.send.then(10, -EAGAIN);
    Call<String> writer = parkedWriter();
    edge(Readiness.WRITE);
    assertEquals("done", writer.result());
    assertEquals(3, socket.send.calls());
  }

  /** So that a socket that tells all room is not listened to for ever, nor asked at each turn. */
  @Test
  void thePollerHearsOnceThatWritesHaveStoppedToWait() throws Exception {
    int before = LANE.kernel.disarmed.get();
    for (int i = 0; i < 3; i++) {
      socket.send.then(-EAGAIN);
      Call<String> writer = parkedWriter();
      edge(Readiness.WRITE);
      assertEquals("done", writer.result());
      write();
    }
    assertEquals(before, LANE.kernel.disarmed.get(), "while every other one waits");
    for (int i = 0; i < 100; i++) {
      write();
    }
    assertEquals(before + 1, LANE.kernel.disarmed.get());
  }

  /** A reader has registered, so the kernel reports to a direction that nobody has waited in. */
  @Test
  void anEdgeInsideTheFirstSendIsNotLost() throws Exception {
    Call<Integer> reader = parkedReader();
    socket.send.then(-EAGAIN);
    socket.send.during(() -> edge(Readiness.WRITE));
    assertEquals("done", Call.run(this::write).result());
    assertEquals(2, socket.send.calls());
    edge(Readiness.READ);
    assertEquals(1, reader.result());
  }

  @Test
  void anEdgeThatComesWhileAReaderRegistersIsNotLostToAWriterInItsFirstSend() throws Exception {
    List<Call<Integer>> readers = new ArrayList<>();
    CountDownLatch reported = new CountDownLatch(1);
    socket.receive.then(-EAGAIN, 1);
    LANE.kernel.afterRegister =
        () -> {
          edge(Readiness.WRITE);
          reported.countDown();
          // The registration is under way until the writer has heard that the kernel is full.
          long end = Clock.after(TimeUnit.SECONDS.toNanos(2));
          while (!fd.toString().contains("write empty")
              && socket.send.calls() < 2
              && Clock.now() < end) {
            Thread.onSpinWait();
          }
        };
    socket.send.then(-EAGAIN);
    socket.send.during(
        () -> {
          readers.add(Call.start(this::read));
          Eventually.until(() -> reported.getCount() == 0);
        });
    assertEquals("done", Call.run(this::write).result());
    edge(Readiness.READ);
    assertEquals(1, readers.getFirst().result());
  }

  @Test
  void aFailureTellsHowMuchWentOut() {
    socket.send.then(10, 20, -ECONNRESET);
    FDException e = assertThrows(FDException.class, this::write);
    assertEquals(Kind.SYSCALL, e.kind());
    assertEquals("write", e.call());
    assertEquals(30, e.transferred());
  }

  @Test
  void aDeadlineTellsHowMuchWentOut() throws Exception {
    socket.send.then(10, -EAGAIN);
    fd.writeDeadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    Call<String> writer = parkedWriter();
    fd.writeDeadline(Clock.LONG_AGO);
    FDException e = writer.failure();
    assertEquals(Kind.TIMEOUT, e.kind());
    assertEquals(10, e.transferred());
  }

  @Test
  void anInterruptTellsHowMuchWentOut() {
    socket.send.then(10, -EAGAIN);
    Call<String> writer = parkedWriter();
    writer.thread().interrupt();
    FDException e = writer.failure();
    assertEquals(Kind.INTERRUPTED, e.kind());
    assertEquals(10, e.transferred());
    assertTrue(writer.interruptStatus());
  }

  @Test
  void closeTellsHowMuchWentOut() {
    socket.send.then(10, -EAGAIN);
    Call<String> writer = parkedWriter();
    fd.close();
    FDException e = writer.failure();
    assertEquals(Kind.CLOSED, e.kind());
    assertEquals(10, e.transferred());
  }

  @Test
  void aLimitEndsAWriteThatNeverWaits() {
    socket.maxTransfer = 1;
    long limit = Clock.after(TimeUnit.MILLISECONDS.toNanos(500)); // the first send begins before it
    socket.send.during(() -> Eventually.passed(limit));
    FDException e = assertThrows(FDException.class, () -> fd.write(buf, 0, 100, limit));
    assertEquals(Kind.TIMEOUT, e.kind());
    assertEquals(1, e.transferred());
  }

  @Test
  void aKernelThatWasFullIsNotAskedAgainBeforeAnEdge() throws Exception {
    socket.send.then(-EAGAIN);
    assertThrows(FDException.class, () -> fd.write(buf, 0, 1, Clock.after(1_000_000)));
    Call<String> writer = parkedWriter();
    assertEquals(1, socket.send.calls());
    edge(Readiness.WRITE);
    assertEquals("done", writer.result());
  }

  @Test
  void aBuffersPositionTellsWhatWentOut() {
    ByteBuffer buffer = ByteBuffer.allocate(10).position(1);
    socket.send.then(3, -ECONNRESET);
    assertThrows(FDException.class, () -> fd.write(buffer, Clock.NONE));
    assertEquals(4, buffer.position());
  }

  @Test
  void gatheringPassesOverEmptyBuffersAndGoesOnInTheMiddleOfOne() throws Exception {
    ByteBuffer[] bufs = {
      ByteBuffer.allocate(0), ByteBuffer.allocate(4), ByteBuffer.allocate(0), ByteBuffer.allocate(5)
    };
    socket.send.then(4, 2, 3);
    fd.write(bufs, Clock.NONE);
    assertEquals(3, socket.send.calls());
    for (ByteBuffer b : bufs) {
      assertEquals(0, b.remaining());
    }
  }

  @Test
  void gatheringTellsByPositionsAndCountWhatWentOut() {
    ByteBuffer[] bufs = {ByteBuffer.allocate(4), ByteBuffer.allocate(5)};
    socket.send.then(6, -ECONNRESET);
    FDException e = assertThrows(FDException.class, () -> fd.write(bufs, Clock.NONE));
    assertEquals(6, e.transferred());
    assertEquals(0, bufs[0].remaining());
    assertEquals(3, bufs[1].remaining());
  }

  @Test
  void wholeWritesOfSeveralThreadsDoNotInterleave() throws Exception {
    socket.maxTransfer = 10;
    socket.send.then(10, -EAGAIN); // the first one waits in the middle
    Call<String> first = parkedWriter();
    Call<String> second = Call.run(this::write).asleep();
    edge(Readiness.WRITE);
    assertEquals("done", first.result());
    assertEquals("done", second.result());
    int switches = 0;
    for (int i = 1; i < socket.senders.size(); i++) {
      switches += socket.senders.get(i).equals(socket.senders.get(i - 1)) ? 0 : 1;
    }
    assertEquals(1, switches);
  }

  @Test
  void closingTheSendingHalfWaitsForTheWriteThatHasBegun() throws Exception {
    socket.send.then(10, -EAGAIN);
    Call<String> writer = parkedWriter();
    Call<String> half = Call.run(() -> fd.closeWrite(Clock.NONE)).asleep();
    edge(Readiness.WRITE);
    assertEquals("done", writer.result());
    assertEquals("done", half.result());
  }

  private void write() throws FDException {
    fd.write(buf, 0, buf.length, Clock.NONE);
  }

  private int read() throws FDException {
    return fd.read(new byte[10], 0, 10, Clock.NONE);
  }

  private Call<Integer> parkedReader() {
    socket.receive.then(-EAGAIN, 1);
    return Call.start(this::read).parkedIn(fd, "read");
  }

  private Call<String> parkedWriter() {
    return Call.run(this::write).parkedIn(fd, "write");
  }

  private void edge(int events) {
    LANE.kernel.edge(socket, events);
  }
}
