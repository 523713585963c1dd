package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the poller knows about a descriptor. */
@Timeout(180)
@Proves("S13")
class PollDescTest {
  private final ManualLane lane = new ManualLane();
  private final PollDesc desc = new PollDesc(lane, new FakeDescriptor());

  @Test
  @Proves("D12")
  void readersAndWritersThatComeTogetherRegisterOnce() throws Exception {
    List<Call<String>> calls = new ArrayList<>();
    lane.kernel.duringRegister = () -> calls.add(Call.run(desc::register).asleep());
    desc.register();
    assertEquals("done", calls.getFirst().result());
    assertEquals(1, lane.kernel.registrations());
    assertEquals(1, lane.registered());
    desc.leave();
    assertEquals(0, lane.registered());
  }

  @Test
  void afterARefusalTheNextWaiterRegisters() throws Exception {
    lane.kernel.refusal = Errno.ENOMEM;
    Assertions.assertThrows(SyscallException.class, desc::register);
    lane.kernel.refusal = 0;
    desc.register();
    assertEquals(1, lane.registered());
  }

  @Test
  void aLaneIsStartedOnceUntilItHasEnded() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    ManualLane own =
        new ManualLane() {
          @Override
          protected void start() {
            starts.incrementAndGet();
          }
        };
    PollDesc first = new PollDesc(own, new FakeDescriptor());
    PollDesc second = new PollDesc(own, new FakeDescriptor());
    first.register();
    assertFalse(own.ended(() -> {}), "one is registered");
    second.register();
    assertEquals(1, starts.get());
    first.leave();
    second.leave();
    assertTrue(own.ended(() -> {}));
    PollDesc third = new PollDesc(own, new FakeDescriptor());
    third.register();
    assertEquals(2, starts.get());
    third.leave();
  }

  @Test
  void anEventMarksTheSlotsItConcernsAndNoOther() {
    assertEquals(null, desc.writeIfMade());
    desc.ready(Readiness.WRITE); // nobody has asked yet
    assertEquals("unknown", desc.write().stateName());
    desc.ready(Readiness.WRITE);
    assertEquals("unknown", desc.read.stateName());
    assertEquals("ready", desc.write().stateName());
    desc.ready(Readiness.READ);
    assertEquals("ready", desc.read.stateName());
    assertFalse(desc.sticky());
  }

  @Test
  void aHangupIsKnownBeforeTheSlotIsMarkedAndStaysKnown() throws Exception {
    desc.read.beginTry();
    assertTrue(desc.read.sawEmpty());
    Call<Boolean> waiter =
        Call.start(
            () -> {
              assertEquals(null, desc.read.await(0));
              return desc.sticky();
            });
    Eventually.until(() -> desc.read.waiter() != null);
    desc.ready(Readiness.READ | Readiness.STICKY);
    assertTrue(waiter.result());
    desc.ready(Readiness.READ);
    assertTrue(desc.sticky());
  }

  @Test
  void theEndOfTheOtherSideIsToldOnceToWhoeverHasAskedOrAsksLater() {
    AtomicInteger early = new AtomicInteger();
    desc.whenHungUp(early::incrementAndGet);
    desc.ready(Readiness.READ | Readiness.STICKY);
    assertEquals(0, early.get());
    desc.ready(Readiness.READ | Readiness.STICKY | Readiness.HANGUP);
    desc.ready(Readiness.READ | Readiness.STICKY | Readiness.HANGUP);
    assertEquals(1, early.get());
    AtomicInteger late = new AtomicInteger();
    desc.whenHungUp(late::incrementAndGet);
    assertEquals(1, late.get());
    assertEquals(1, early.get());
  }

  @Test
  void nobodyIsToldBehindTheClose() {
    AtomicInteger told = new AtomicInteger();
    desc.whenHungUp(told::incrementAndGet);
    desc.leave();
    desc.ready(Readiness.HANGUP);
    assertEquals(0, told.get());
  }

  /** A limit on threads makes a wait fail with its reason, and the next one tries again. */
  @Test
  void aLaneThatFindsNoThreadFailsTheWaitAndLeavesNothing() throws Exception {
    AtomicInteger refused = new AtomicInteger(1);
    ManualLane lane =
        new ManualLane() {
          @Override
          protected void start() {
            if (refused.getAndDecrement() > 0) {
              Daemons.start(Refusing.thread("gonet-sleeper", () -> {}));
            }
          }
        };
    FakeDescriptor socket = new FakeDescriptor();
    FD fd = new FD(socket, lane, true);
    FDException e = Call.start(() -> fd.read(new byte[1], 0, 1, Clock.NONE)).failure();
    assertEquals("clone gonet-sleeper", e.call());
    assertEquals(Errno.EAGAIN, e.errno());
    assertEquals(0, lane.registered());
    Call<Integer> read =
        Call.start(() -> fd.read(new byte[1], 0, 1, Clock.NONE)).parkedIn(fd, "read");
    socket.receive.then(1);
    lane.kernel.edge(socket, Readiness.READ);
    assertEquals(1, read.result());
    assertTrue(fd.close());
  }

  @Test
  void evictionEndsTheWaitsOfBothDirections() throws Exception {
    List<Call<String>> calls = new ArrayList<>();
    for (ParkSlot slot : List.of(desc.read, desc.write())) {
      slot.beginTry();
      assertTrue(slot.sawEmpty());
      calls.add(Call.start(() -> String.valueOf(slot.await(0))));
      Eventually.until(() -> slot.waiter() != null);
    }
    desc.evict();
    for (Call<String> call : calls) {
      assertEquals("CLOSED", call.result());
    }
    assertTrue(desc.closing());
  }
}
