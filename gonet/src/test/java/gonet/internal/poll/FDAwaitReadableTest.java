package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.ECONNRESET;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.ENOMEM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a first byte without a buffer to put it into. */
@Timeout(180)
class FDAwaitReadableTest {
  private static final ManualLane LANE = new ManualLane();

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, LANE, true);
  private final byte[] buf = new byte[10];

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
  }

  @Test
  void itReturnsAtOnceWhenTheKernelHasSomethingAndTakesNothing() throws Exception {
    socket.probe.then(-EINTR, 1);
    fd.awaitReadable(Clock.NONE);
    assertEquals(0, socket.receive.calls());
  }

  @Test
  void itWaitsForAnEdge() throws Exception {
    socket.probe.then(-EAGAIN);
    Call<String> waiter = parked();
    socket.probe.then(1);
    edge();
    assertEquals("done", waiter.result());
  }

  @Test
  void whereTheKernelCannotBeAskedAnEdgeDecides() throws Exception {
    Call<String> waiter = parked();
    edge();
    assertEquals("done", waiter.result());
  }

  @Test
  void theEndOfTheStreamIsReadable() throws Exception {
    socket.probe.then(0);
    fd.awaitReadable(Clock.NONE);
  }

  @Test
  void anErrorThatTheKernelWillNotRepeatIsKeptForTheRead() throws Exception {
    socket.probe.then(-ECONNRESET);
    fd.awaitReadable(Clock.NONE);
    socket.receive.always(0);
    FDException e = assertThrows(FDException.class, () -> fd.read(buf, 0, 10, Clock.NONE));
    assertEquals(ECONNRESET, e.errno());
  }

  @Test
  void wantOfMemoryIsNotKept() throws Exception {
    socket.probe.then(-ENOMEM);
    fd.awaitReadable(Clock.NONE);
    socket.receive.always(0);
    assertEquals(FD.END_OF_STREAM, fd.read(buf, 0, 10, Clock.NONE));
  }

  @Test
  void afterAShortReadItWaitsWithoutAskingTheKernel() throws Exception {
    socket.receive.then(3);
    assertEquals(3, fd.read(buf, 0, 10, Clock.NONE));
    Call<String> waiter = parked();
    assertEquals(0, socket.probe.calls());
    socket.probe.then(1);
    edge();
    assertEquals("done", waiter.result());
  }

  @Test
  void deadlineCloseAndHalfCloseEndIt() throws Exception {
    fd.readDeadline(Clock.LONG_AGO);
    FDException late = assertThrows(FDException.class, () -> fd.awaitReadable(Clock.NONE));
    assertEquals(Kind.TIMEOUT, late.kind());
    fd.readDeadline(Clock.NONE);

    Call<String> half = parked();
    fd.closeRead();
    assertEquals("done", half.result());

    FakeDescriptor other = new FakeDescriptor();
    FD closed = new FD(other, LANE, true);
    Call<String> waiter = Call.run(() -> closed.awaitReadable(Clock.NONE));
    waiter.parkedIn(closed, "read");
    closed.close();
    assertEquals(Kind.CLOSED, waiter.failure().kind());
  }

  private Call<String> parked() {
    return Call.run(() -> fd.awaitReadable(Clock.NONE)).parkedIn(fd, "read");
  }

  private void edge() {
    LANE.kernel.edge(socket, Readiness.READ);
  }
}
