package gonet.internal.poll;

import static gonet.internal.backend.Errno.ECONNREFUSED;
import static gonet.internal.backend.Errno.EINPROGRESS;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EISCONN;
import static gonet.internal.backend.Errno.ENOSPC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From connect(2) to its outcome. */
@Timeout(180)
@Proves({"S7", "A15"})
class FDConnectTest {
  private static final AddrPort REMOTE = AddrPort.parse("192.0.2.1:80");

  private final ManualLane lane = new ManualLane();
  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, lane, true);

  @AfterEach
  void nothingIsLeft() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
    assertEquals(1, socket.close.calls());
    assertEquals(0, lane.registered());
    assertEquals(0, lane.armedTimers());
  }

  @Test
  @Proves("B13")
  void aConnectThatSucceedsAtOnceAsksNoFurther() throws Exception {
    socket.connect.then(0);
    connect(Clock.NONE);
    assertEquals(0, socket.finish.calls());
    assertEquals(0, lane.kernel.registrations());
  }

  @Test
  @Proves("B11")
  void aFailureAtOnceIsTheOutcome() {
    socket.connect.then(-ECONNREFUSED);
    FDException e = assertThrows(FDException.class, () -> connect(Clock.NONE));
    assertEquals("connect", e.call());
    assertEquals(ECONNREFUSED, e.errno());
  }

  @Test
  @Proves("A34")
  void theOutcomeIsWaitedFor() throws Exception {
    Call<String> call = parked();
    socket.finish.then(0);
    edge();
    assertEquals("done", call.result());
    assertEquals(1, socket.connect.calls());
  }

  @Test
  void aSignalLeavesTheHandshakeRunning() throws Exception {
    socket.connect.then(-EINTR);
    Call<String> call = parked();
    socket.finish.then(0);
    edge();
    assertEquals("done", call.result());
    assertEquals(1, socket.connect.calls());
  }

  @Test
  void aSignalWhileTheOutcomeIsAskedForRepeatsTheQuestion() throws Exception {
    Call<String> call = parked();
    socket.finish.then(-EINTR, 0);
    edge(); // the only one there will be
    assertEquals("done", call.result());
  }

  @Test
  @Proves("uv-connect")
  void aSpuriousWakeUpLeadsToAnotherWait() throws Exception {
    Call<String> call = parked();
    socket.finish.then(-EINPROGRESS);
    edge();
    Eventually.until(() -> socket.finish.calls() == 1);
    call.parkedIn(fd, "write");
    socket.finish.then(0);
    edge();
    assertEquals("done", call.result());
  }

  @Test
  @Proves("uv-connect")
  void aFailedHandshakeIsTheOutcome() {
    Call<String> call = parked();
    socket.finish.then(-ECONNREFUSED);
    edge();
    assertEquals(ECONNREFUSED, call.failure().errno());
  }

  @Test
  void beingConnectedAlreadyIsSuccess() throws Exception {
    socket.connect.then(-EISCONN);
    connect(Clock.NONE);
  }

  @Test
  void anInterruptEndsTheWait() {
    Call<String> call = parked();
    call.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, call.failure().kind());
    assertTrue(call.interruptStatus());
  }

  @Test
  @Proves("B12")
  void anInterruptWinsOverAConnectionMadeInThatMoment() {
    socket.finish.always(0);
    lane.kernel.duringArm =
        () -> {
          edge();
          Thread.currentThread().interrupt();
        };
    Call<String> call = Call.run(() -> connect(Clock.NONE));
    assertEquals(Kind.INTERRUPTED, call.failure().kind());
    assertTrue(call.interruptStatus());
    assertEquals(0, socket.finish.calls());
  }

  @Test
  void aConnectThatNeedNotWaitCompletesWithTheStatusSet() throws Exception {
    socket.connect.then(0);
    Call<String> call =
        Call.startInterrupted(
            () -> {
              connect(Clock.NONE);
              return "done";
            });
    assertEquals("done", call.result());
    assertTrue(call.interruptStatus());
  }

  @Test
  void deadlineAndLimitEndTheWait() throws Exception {
    assertEquals(
        Kind.TIMEOUT,
        assertThrows(FDException.class, () -> connect(Clock.after(2_000_000))).kind());
    fd.writeDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, assertThrows(FDException.class, () -> connect(Clock.NONE)).kind());
    assertEquals(1, socket.connect.calls());
  }

  @Test
  void closeEndsTheWait() {
    Call<String> call = parked();
    fd.close();
    assertEquals(Kind.CLOSED, call.failure().kind());
  }

  @Test
  void aRefusedRegistrationIsTheFailureAndLeavesNothingBehind() {
    lane.kernel.refusal = ENOSPC;
    FDException e = assertThrows(FDException.class, () -> connect(Clock.NONE));
    assertEquals(Kind.SYSCALL, e.kind());
    assertEquals("epoll_ctl", e.call());
    assertEquals(ENOSPC, e.errno());
  }

  private void connect(long limit) throws FDException {
    fd.connect(REMOTE, limit);
  }

  private Call<String> parked() {
    return Call.run(() -> connect(Clock.NONE)).parkedIn(fd, "write");
  }

  private void edge() {
    lane.kernel.edge(socket, Readiness.WRITE);
  }
}
