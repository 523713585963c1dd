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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Close wakes everybody, waits for everybody, and closes once. */
@Timeout(180)
class FDCloseTest {
  private final ManualLane lane = new ManualLane();
  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, lane, true);
  private final byte[] buf = new byte[10];

  @AfterEach
  void nothingIsLeft() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
    assertEquals(1, socket.close.calls());
    assertEquals(0, lane.registered());
  }

  @Test
  @Proves("B62")
  void everyWaiterEndsWithClosedAndOnlyThenCloseReturns() {
    socket.send.always(-EAGAIN);
    List<Call<?>> calls = new ArrayList<>();
    calls.add(Call.start(this::read).parkedIn(fd, "read"));
    calls.add(Call.run(this::write).parkedIn(fd, "write"));
    for (int i = 0; i < 3; i++) {
      calls.add(Call.start(this::read).asleep()); // waits for the lock
      calls.add(Call.run(this::write).asleep());
    }
    assertTrue(fd.close());
    assertEquals(1, socket.close.calls());
    for (Call<?> call : calls) {
      assertEquals(Kind.CLOSED, call.failure().kind());
    }
  }

  @Test
  void afterCloseEveryCallFails() {
    assertTrue(fd.close());
    assertTrue(fd.closed());
    assertClosed(this::read);
    assertClosed(this::write);
    assertClosed(() -> fd.awaitReadable(Clock.NONE));
    assertClosed(fd::closeRead);
    assertClosed(() -> fd.closeWrite(Clock.NONE));
    assertClosed(() -> fd.use(d -> d));
  }

  @Test
  void aSecondCloseDoesNothing() {
    assertTrue(fd.close());
    assertFalse(fd.close());
  }

  @Test
  void closeWaitsForAUseThatIsInside() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Call<Boolean> use =
        Call.start(
            () ->
                fd.use(
                    d -> {
                      inside.countDown();
                      return awaited(leave);
                    }));
    assertTrue(awaited(inside));
    Call<Boolean> closer = Call.start(fd::close).asleep();
    assertFalse(closer.done());
    assertEquals(0, socket.close.calls());
    leave.countDown();
    assertTrue(use.result());
    assertTrue(closer.result());
    assertEquals(1, socket.close.calls());
  }

  @Test
  void anInterruptDoesNotEndCloseAndItsStatusSurvives() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Call<Boolean> use =
        Call.start(
            () ->
                fd.use(
                    d -> {
                      inside.countDown();
                      return awaited(leave);
                    }));
    assertTrue(awaited(inside));
    Call<Boolean> before = Call.startInterrupted(fd::close).asleep();
    before.thread().interrupt(); // and again, while it waits
    assertFalse(before.done());
    leave.countDown();
    assertTrue(before.result());
    assertTrue(before.interruptStatus());
    assertTrue(use.result());
  }

  @Test
  @Proves("B32")
  void aHundredClosersCloseOnceAndOneOfThemIsToldSo() throws Exception {
    Call<Integer> reader = Call.start(this::read).parkedIn(fd, "read");
    CountDownLatch start = new CountDownLatch(1);
    List<Call<Boolean>> closers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      closers.add(Call.start(() -> awaited(start) && fd.close()));
    }
    start.countDown();
    int closed = 0;
    for (Call<Boolean> closer : closers) {
      closed += closer.result() ? 1 : 0;
    }
    assertEquals(1, closed);
    assertEquals(1, socket.close.calls());
    assertEquals(Kind.CLOSED, reader.failure().kind());
  }

  @Test
  void callsThatRaceWithCloseNeverReachAClosedDescriptor() throws Exception {
    for (int round = 0; round < 200; round++) {
      FakeDescriptor raced = new FakeDescriptor();
      FD victim = new FD(raced, lane, true);
      raced.receive.always(1);
      CountDownLatch running = new CountDownLatch(2);
      List<Call<String>> users = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        users.add(
            Call.run(
                () -> {
                  running.countDown();
                  while (!victim.closed()) {
                    victim.read(new byte[1], 0, 1, Clock.NONE);
                    victim.write(new byte[1], 0, 1, Clock.NONE);
                  }
                  throw FDException.of(Kind.CLOSED, 0);
                }));
      }
      assertTrue(awaited(running));
      assertTrue(victim.close());
      for (Call<String> user : users) {
        assertEquals(Kind.CLOSED, user.failure().kind());
      }
      assertEquals(List.of(), raced.misuse);
      assertEquals(1, raced.close.calls());
    }
  }

  @Test
  @Proves("tcp-linger")
  void aLingeringCloseRunsOnAThreadOfItsOwn() throws Exception {
    AtomicReference<String> thread = new AtomicReference<>();
    socket.close.during(() -> thread.set(Thread.currentThread().getName()));
    fd.linger(5);
    assertTrue(fd.close());
    assertEquals("gonet-linger", thread.get());
    assertEquals(1, socket.close.calls());
  }

  /** Neither the closer nor whoever is the last inside lingers in its place. */
  @Test
  @Proves("jvm-no-thread")
  void aLingeringCloseThatFindsNoThreadLeavesItToTheKernel() throws Exception {
    fd.linger(5);
    assertTrue(Daemons.making(Refusing::thread, fd::close));
    assertEquals(1, socket.close.calls());
    assertEquals(-1, socket.linger);
    assertFalse(fd.close());
  }

  @Test
  void withoutLingerTheLastOneOutCloses() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    socket.close.during(() -> thread.set(Thread.currentThread()));
    fd.linger(5);
    fd.linger(0);
    assertTrue(fd.close());
    assertEquals(Thread.currentThread(), thread.get());
  }

  @Test
  void aDescriptorThatFailsToCloseLeavesNobodyWaiting() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Call<Boolean> use =
        Call.start(
            () ->
                fd.use(
                    d -> {
                      inside.countDown();
                      return awaited(leave);
                    }));
    assertTrue(awaited(inside));
    socket.close.during(
        () -> {
          socket.close.next(0);
          throw new IllegalStateException("close failed");
        });
    Call<Boolean> closer = Call.start(fd::close).asleep();
    leave.countDown();
    assertTrue(closer.result());
    Eventually.until(use::done);
  }

  /** Who was inside has met an Error just before it could unlock, and nobody comes after it. */
  @Test
  void whoWaitsForTheEndSettlesWhatAnErrorHasLeft() throws Exception {
    fd.lock(true, Clock.NONE);
    Call<Boolean> closer = Call.start(fd::close).asleep();
    fd.mutex.readOwed = true;
    assertTrue(closer.result());
    assertEquals(1, socket.close.calls());
  }

  @Test
  void aSecondCloseSettlesWhatAnErrorHasLeft() throws Exception {
    fd.lock(true, Clock.NONE);
    assertTrue(fd.closeSoon());
    assertEquals(0, socket.close.calls());
    fd.mutex.readOwed = true;
    assertFalse(fd.close());
    assertEquals(1, socket.close.calls());
  }

  @Test
  void aCloseThatNobodyWaitsForIsLookedAfterUntilItsEnd() throws Exception {
    fd.lock(true, Clock.NONE);
    assertTrue(fd.closeSoon());
    Settlement look = new Settlement(fd);
    assertEquals(1000 + FDMutex.LOOK_NANOS, look.fire(1000));
    assertEquals(2000 + FDMutex.LOOK_NANOS, look.fire(2000));
    fd.unlock(true);
    assertEquals(Clock.NONE, look.fire(3000));
  }

  @Test
  void aGracefulCloseKeepsAnInterruptForLater() throws Exception {
    socket.receive.then(0);
    Call<Boolean> closer = Call.startInterrupted(() -> GracefulClose.run(fd, 3_600_000_000_000L));
    assertTrue(closer.result(), "the other side has ended in time");
    assertTrue(closer.interruptStatus());
  }

  @Test
  void anInterruptDoesNotEndAGracefulCloseThatWaitsAndItsStatusSurvives() throws Exception {
    Call<Boolean> closer = Call.start(() -> GracefulClose.run(fd, 3_600_000_000_000L));
    for (int i = 0; i < 2; i++) {
      closer.parkedIn(fd, "read");
      closer.thread().interrupt();
      Eventually.until(() -> closer.done() || !closer.thread().isInterrupted()); // it has seen it
      assertFalse(closer.done(), "the interrupt has ended it");
    }
    closer.parkedIn(fd, "read");
    socket.receive.then(0);
    lane.kernel.edge(socket, Readiness.READ);
    assertTrue(closer.result(), "the other side has ended in time");
    assertTrue(closer.interruptStatus());
  }

  private static void assertClosed(Call.Body body) {
    assertEquals(Kind.CLOSED, assertThrows(FDException.class, body::run).kind());
  }

  private static boolean awaited(CountDownLatch latch) {
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          latch.await();
          return true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int read() throws FDException {
    return fd.read(buf, 0, buf.length, Clock.NONE);
  }

  private void write() throws FDException {
    fd.write(buf, 0, buf.length, Clock.NONE);
  }
}
