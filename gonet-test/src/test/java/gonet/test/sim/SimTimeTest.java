package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.test.Proves;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** All clocks and all waits of a simulated thread are in virtual time. */
@NeedsSim
@Proves("sim-time")
class SimTimeTest {
  /** What steps cost besides. */
  private static final long SLACK_NANOS = 1_000_000;

  private interface Wait {
    void await() throws Exception;
  }

  private static void assertTakes(Sim sim, Duration expected, Wait wait) throws Exception {
    Duration begin = sim.now();
    long nanos = System.nanoTime();
    long millis = System.currentTimeMillis();
    Instant instant = Instant.now();
    wait.await();
    Duration took = sim.now().minus(begin);
    assertFalse(took.compareTo(expected) < 0, took.toString());
    assertTrue(took.minus(expected).toNanos() < SLACK_NANOS, took.toString());
    assertTrue(Math.abs(System.nanoTime() - nanos - took.toNanos()) < SLACK_NANOS);
    assertTrue(Math.abs(System.currentTimeMillis() - millis - took.toMillis()) <= 1);
    assertTrue(Duration.between(instant, Instant.now()).minus(took).abs().toNanos() < SLACK_NANOS);
  }

  @Test
  @SuppressWarnings("WaitNotInLoop") // how long one takes is the question
  void everyKindOfWaitTakesItsVirtualTimeAndHardlyAnyReal() {
    Duration hour = Duration.ofHours(1);
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              assertTakes(sim, hour, () -> LockSupport.parkNanos(hour.toNanos()));
              assertTakes(sim, hour, () -> Thread.sleep(hour));
              Object monitor = new Object();
              assertTakes(
                  sim,
                  hour,
                  () -> {
                    synchronized (monitor) {
                      monitor.wait(hour.toMillis());
                    }
                  });
              ReentrantLock lock = new ReentrantLock();
              lock.lock();
              assertTakes(
                  sim, hour, () -> assertFalse(lock.newCondition().await(3600, TimeUnit.SECONDS)));
              assertTakes(
                  sim, hour, () -> assertFalse(new CountDownLatch(1).await(1, TimeUnit.HOURS)));
              assertTakes(
                  sim,
                  hour.dividedBy(2),
                  () ->
                      assertEquals(
                          null, new ArrayBlockingQueue<Integer>(1).poll(30, TimeUnit.MINUTES)));
            });
    assertTrue(outcome.virtualTime().toMinutes() >= 330, outcome.virtualTime().toString());
    assertTrue(
        outcome.realTime().multipliedBy(1000).compareTo(outcome.virtualTime()) < 0,
        outcome.realTime().toString());
  }

  @Test
  void aReadDeadlineOfAConnectionEndsAtItsVirtualMoment() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server");
              server.serve(() -> Net.listen("tcp", ":80").accept().read(new byte[1]));
              sim.sleep(Duration.ofMillis(1));
              Conn conn = Net.dial("tcp", server.at(80));
              conn.setReadTimeout(Duration.ofMinutes(10));
              assertTakes(
                  sim,
                  Duration.ofMinutes(10),
                  () -> assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1])));
            });
    assertTrue(outcome.virtualTime().toMinutes() >= 10, outcome.virtualTime().toString());
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // the simulation's own scheduler is meant
  void aThreadThatPollsTheClockDoesNotDoSoForEver() {
    Sim.run(
        1,
        sim -> {
          long begin = System.nanoTime();
          while (System.nanoTime() - begin < 1_000_000) {
            Thread.yield();
          }
        });
  }

  @Test
  void outsideOfASimulationTheClocksTellTheTruth() throws Exception {
    Sim.run(1, sim -> Thread.sleep(1_000_000));
    long before = System.currentTimeMillis();
    assertTrue(Math.abs(Instant.now().toEpochMilli() - before) < 60_000);
    long begin = System.nanoTime();
    Thread.sleep(2);
    assertTrue(System.nanoTime() - begin >= 2_000_000);
  }
}
