package gonet.internal.nio;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaving while another thread polls, which is what every close does. */
@Timeout(180)
class NioDeregisterTest {
  private PollerThread poller;
  private NioReadiness readiness;

  @BeforeEach
  void start() throws Exception {
    poller = new PollerThread();
    readiness = poller.readiness;
  }

  @AfterEach
  void stop() throws Exception {
    poller.stop();
  }

  @Test
  void aPortIsFreeAsSoonAsItsListenerIsClosed() throws Exception {
    AddrPort address = Loopback.ANY_PORT;
    for (int i = 0; i < 200; i++) {
      // No SO_REUSEADDR: a socket that still listens would be in the way.
      Descriptor listener = new NioSockets().openTcp(Family.INET4);
      listener.bind(address);
      listener.listen(8);
      address = listener.localAddr();
      readiness.register(listener, new Reports());
      readiness.arm(listener, Readiness.READ);
      readiness.deregister(listener);
      assertEquals(0, listener.close());
    }
    assertEquals(0, readiness.registered());
  }

  @Test
  void anArmingWhileThePollBlocksIsAnswered() throws Exception {
    try (Loopback loopback = new Loopback()) {
      Loopback.Pair pair = loopback.connect();
      Reports reports = new Reports();
      readiness.register(pair.server(), reports);
      for (int i = 1; i <= 500; i++) {
        readiness.arm(pair.server(), Readiness.WRITE);
        reports.awaitWrites(i);
      }
      assertEquals(500, reports.writes());
      readiness.deregister(pair.server());
    }
  }

  @Test
  void manyVirtualThreadsLeaveAtOnce() throws Exception {
    leaveFromManyThreads(false);
  }

  @Test
  void anInterruptNeitherHastensNorStopsALeave() throws Exception {
    leaveFromManyThreads(true);
  }

  private void leaveFromManyThreads(boolean interrupted) throws Exception {
    try (Loopback loopback = new Loopback()) {
      AtomicInteger good = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Descriptor server = loopback.connect().server();
        readiness.register(server, new Reports());
        readiness.arm(server, Readiness.READ);
        threads.add(
            Thread.ofVirtual()
                .unstarted(
                    () -> {
                      if (interrupted) {
                        Thread.currentThread().interrupt();
                      }
                      readiness.deregister(server);
                      boolean left = !((NioDescriptor) server).channel().isRegistered();
                      if (left && Thread.currentThread().isInterrupted() == interrupted) {
                        good.incrementAndGet();
                      }
                    }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(100, good.get());
      assertEquals(0, readiness.registered());
    }
  }

  @Test
  void anInterruptedLeaverWaitsWithoutSpinning() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (Loopback loopback = new Loopback()) {
      Loopback.Pair pair = loopback.connect();
      AtomicBoolean held = new AtomicBoolean();
      readiness.register(
          pair.client(),
          _ -> {
            held.set(true);
            hold(busy);
          });
      readiness.register(pair.server(), new Reports());
      readiness.arm(pair.client(), Readiness.WRITE);
      await().untilTrue(held);
      Thread leaver =
          Thread.ofPlatform()
              .start(
                  () -> {
                    Thread.currentThread().interrupt();
                    readiness.deregister(pair.server());
                  });
      try {
        // A thread that spins on a park that returns at once is seen waiting now and then.
        await()
            .pollInterval(Duration.ofMillis(1))
            .during(Duration.ofMillis(100))
            .until(leaver::getState, state -> state == Thread.State.WAITING);
      } finally {
        busy.countDown();
      }
      leaver.join();
      readiness.deregister(pair.client());
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thePollingThreadItselfMayLeave() throws Exception {
    try (Loopback loopback = new Loopback()) {
      Descriptor server = loopback.connect().server();
      AtomicBoolean left = new AtomicBoolean();
      readiness.register(
          server,
          _ -> {
            readiness.deregister(server);
            left.set(!((NioDescriptor) server).channel().isRegistered());
          });
      readiness.arm(server, Readiness.WRITE);
      await().untilTrue(left);
      assertEquals(0, readiness.registered());
    }
  }

  @Test
  void anInterruptedPollerStillBlocksAndStillReports() throws Exception {
    try (Loopback loopback = new Loopback()) {
      Loopback.Pair pair = loopback.connect();
      Reports reports = new Reports();
      readiness.register(pair.server(), reports);
      readiness.arm(pair.server(), Readiness.READ);
      poller.thread.interrupt();
      await().until(() -> !poller.thread.isInterrupted());
      pair.client().send(new byte[1], 0, 1);
      reports.awaitReads(1);
      readiness.deregister(pair.server());
    }
  }

  @Test
  void aLeaverIsNotForgottenByAPollerThatStops() throws Exception {
    for (int i = 0; i < 100; i++) {
      PollerThread shortLived = new PollerThread();
      try (Loopback loopback = new Loopback()) {
        Descriptor server = loopback.connect().server();
        shortLived.readiness.register(server, new Reports());
        Thread leaver = Thread.startVirtualThread(() -> shortLived.readiness.deregister(server));
        shortLived.stop();
        leaver.join();
        assertEquals(0, shortLived.readiness.registered());
      }
    }
  }

  @Test
  void aReportNeverReachesTheNextOwnerOfTheSameNumber() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      for (int i = 0; i < 200; i++) {
        Descriptor busy = loopback.connect().server();
        readiness.register(busy, new Reports());
        readiness.arm(busy, Readiness.WRITE);
        readiness.deregister(busy);
        busy.close();
        // Takes the number that has just become free; it is silent, so every report is a stale one.
        Descriptor quiet = loopback.connect().server();
        Reports reports = new Reports();
        readiness.register(quiet, reports);
        readiness.arm(quiet, Readiness.READ);
        readiness.wake();
        readiness.deregister(quiet);
        quiet.close();
        assertEquals(0, reports.reads() + reports.writes());
      }
    }
  }
}
