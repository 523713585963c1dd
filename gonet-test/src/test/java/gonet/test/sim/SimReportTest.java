package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.server.Server;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that fails says why, and which seed and which faults it takes. */
@NeedsSim
@Proves("sim-report")
class SimReportTest {
  private static Outcome.Failure failure(Sim.Scenario scenario) {
    return Objects.requireNonNull(Sim.attempt(3, scenario, false).failure());
  }

  private static void assertFails(Outcome.Kind kind, String part, Sim.Scenario scenario) {
    Outcome.Failure failure = failure(scenario);
    assertEquals(kind, failure.kind(), failure.text());
    assertTrue(failure.text().contains(part), failure.text());
  }

  @Test
  void whatAThreadThrowsFailsTheRunAndNamesTheThread() {
    assertFails(
        Outcome.Kind.THROWN,
        "shop/till threw java.lang.IllegalStateException: empty",
        sim ->
            sim.host("shop")
                .run(
                    "till",
                    () -> {
                      throw new IllegalStateException("empty");
                    }));
    assertFails(
        Outcome.Kind.THROWN,
        "shop/helper#3 threw java.lang.IllegalStateException: lost",
        sim ->
            sim.host("shop")
                .run(
                    "till",
                    () -> {
                      Thread helper =
                          Net.threadFactory()
                              .newThread(
                                  () -> {
                                    throw new IllegalStateException("lost");
                                  });
                      helper.setName("helper");
                      helper.start();
                      helper.join();
                    }));
  }

  @Test
  void aDeadlockIsReportedWithWhoWaitsForWhat() {
    Outcome.Failure failure =
        failure(
            sim -> {
              ReentrantLock one = new ReentrantLock();
              Object two = new Object();
              Host host = sim.host("host");
              host.run(
                  "first",
                  () -> {
                    one.lock();
                    sim.sleep(Duration.ofMillis(1));
                    synchronized (two) {
                      one.unlock();
                    }
                  });
              host.run(
                  "second",
                  () -> {
                    synchronized (two) {
                      sim.sleep(Duration.ofMillis(1));
                      one.lock();
                    }
                  });
            });
    assertEquals(Outcome.Kind.DEADLOCK, failure.kind());
    assertTrue(failure.text().contains("host/first#2 BLOCKED"), failure.text());
    assertTrue(
        failure.text().contains("host/second#3 WAITING for java.util.concurrent.locks.Reentrant"),
        failure.text());
    assertTrue(failure.text().contains("SimReportTest"), failure.text());
  }

  @Test
  void aRunWithoutAnEndIsCutShort() {
    assertFails(
        Outcome.Kind.ENDLESS,
        "host/loop",
        sim ->
            sim.host("host")
                .run(
                    "loop",
                    () -> {
                      while (true) {
                        sim.sleep(Duration.ofSeconds(1));
                      }
                    }));
  }

  @Test
  void alwaysAndEventuallyAreAskedForAtEachStep() {
    assertFails(
        Outcome.Kind.ALWAYS,
        "at most two",
        sim -> {
          AtomicInteger count = new AtomicInteger();
          sim.always("at most two", () -> count.get() <= 2);
          for (int i = 0; i < 3; i++) {
            sim.sleep(Duration.ofMillis(1));
            count.incrementAndGet();
          }
          sim.sleep(Duration.ofMillis(1));
          count.set(0);
        });
    assertFails(
        Outcome.Kind.EVENTUALLY,
        "three",
        sim -> {
          AtomicInteger count = new AtomicInteger();
          sim.eventually("three", Duration.ofSeconds(1), () -> count.get() == 3);
          sim.sleep(Duration.ofSeconds(2));
          count.set(3);
        });
    Outcome late =
        Sim.run(
            1,
            sim -> {
              AtomicInteger count = new AtomicInteger();
              sim.host("host")
                  .serve(
                      () -> {
                        sim.sleep(Duration.ofSeconds(5));
                        count.set(3);
                      });
              sim.eventually("three", Duration.ofSeconds(9), () -> count.get() == 3);
            });
    assertEquals(5, late.virtualTime().toSeconds());
  }

  @Test
  void aThreadFromOutsideThatTakesPartIsNamed() {
    assertFails(
        Outcome.Kind.LEFT,
        "the platform thread \"stranger\", which is not of this simulation, has woken scenario",
        sim -> {
          Thread self = Thread.currentThread();
          AtomicBoolean over = new AtomicBoolean();
          Thread.ofPlatform()
              .name("stranger")
              .daemon()
              .start(
                  () -> {
                    while (!over.get()) {
                      LockSupport.unpark(self);
                    }
                  });
          try {
            while (!Thread.currentThread().isInterrupted()) {
              LockSupport.parkNanos(1_000);
            }
          } finally {
            over.set(true);
          }
        });
  }

  @Test
  void aConnectionThatAThreadFromOutsideUsesFailsThere() {
    Throwable[] thrown = {null};
    Outcome outcome =
        Sim.attempt(
            1,
            sim -> {
              Host server = sim.host("server");
              server.serve(() -> Net.listen("tcp", ":80").accept().read(new byte[1]));
              sim.sleep(Duration.ofMillis(1));
              Conn conn = Net.dial("tcp", server.at(80));
              Thread stranger =
                  Thread.ofPlatform()
                      .start(
                          () ->
                              thrown[0] =
                                  assertThrows(
                                      IllegalStateException.class, () -> conn.write(new byte[1])));
              while (stranger.isAlive()) {
                Thread.onSpinWait();
              }
              conn.close();
            },
            false);
    assertEquals(null, outcome.failure());
    assertTrue(String.valueOf(thrown[0]).contains("not of this simulation"), "" + thrown[0]);
  }

  @Test
  void aFailureTellsItsSeedAndTheFaultsItTakesAndNoOthers() {
    Sim.Scenario fragile =
        sim -> {
          Host one = sim.host("one");
          Host other = sim.host("other");
          Host third = sim.host("third");
          sim.chaos(Duration.ofSeconds(5), one, other, third).cuts(6).delays(4).losses(3);
          sim.chaos(Duration.ofSeconds(5), one).crashes(1);
          sim.always("one is up", one::up);
          sim.sleep(Duration.ofSeconds(10));
        };
    int failed = 0;
    for (long seed = 0; seed < 10; seed++) {
      Outcome outcome = Sim.attempt(seed, fragile, false);
      if (outcome.failure() != null) {
        failed++;
        long replayed = seed;
        SimFailure told = assertThrows(SimFailure.class, () -> Sim.run(replayed, fragile));
        assertEquals(1, told.outcome().faults().size(), told.getMessage());
        assertTrue(told.getMessage().startsWith("seed " + seed + ": not always so: one is up"));
        assertTrue(told.getMessage().contains("-Dgonet.sim.seed=" + seed), told.getMessage());
        assertTrue(told.getMessage().contains("one down"), told.getMessage());
        assertTrue(told.getMessage().contains("one crashes"), told.getMessage());
      }
    }
    assertTrue(failed > 0 && failed < 10, failed + " of 10");
  }

  /** Threads of gonet's own are not interrupted, which would have them run for ever. */
  @Test
  @Timeout(300)
  void aRunWhoseServersAreStillThereEnds() {
    Outcome outcome =
        Sim.attempt(
            1,
            sim -> {
              Server _ =
                  Server.builder()
                      .name("idle")
                      .listenOn("tcp", ":80")
                      .idleTimeout(Duration.ofSeconds(8))
                      .handler(conn -> conn.read(new byte[1]))
                      .start();
              Conn _ = Net.dial("tcp", sim.host("test").at(80));
              sim.sleep(Duration.ofSeconds(1));
              throw new IllegalStateException("enough");
            },
            false);
    Outcome.Failure failure = Objects.requireNonNull(outcome.failure());
    assertTrue(failure.text().endsWith("enough"), failure.text());
    assertTrue(outcome.unfinished() < 10, outcome.unfinished() + " threads"); // it was waited for
  }

  /** Prints what becomes of threads that compute for ever: in a JVM of little patience. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) {
      for (boolean atOnce : new boolean[] {true, false}) {
        Outcome outcome =
            Sim.attempt(
                1,
                sim -> {
                  sim.host("host").serve("loop", () -> loop(sim, atOnce));
                  sim.sleep(Duration.ofSeconds(1));
                },
                false);
        Outcome.Failure failure = outcome.failure();
        System.out.println(failure == null ? "over" : failure.text());
      }
      Runtime.getRuntime().halt(0); // they still compute
    }

    private static void loop(Sim sim, boolean atOnce) {
      try {
        if (!atOnce) {
          sim.sleep(Duration.ofHours(1));
        }
      } catch (InterruptedException e) {
        // It does not care.
      }
      while (true) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  @Timeout(300)
  void aThreadThatComputesForEverIsNamedAndNotWaitedFor() throws Exception {
    ChildJvm.Result child =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "-Dgonet.sim.stepMillis=300",
                "-Djdk.attach.allowAttachSelf=true",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName()));
    assertEquals(0, child.exitCode(), child.output());
    List<String> lines = child.output().lines().toList();
    assertTrue(lines.get(0).startsWith("host/loop#2 holds the simulation's only"), child.output());
    assertEquals("over", lines.getLast());
  }

  /** Loaded, and never to be linked or used. */
  private static final class Broken {
    private static final int NUMBER = Integer.parseInt("none");

    private Broken() {}
  }

  static final class AfterABrokenClass {
    private AfterABrokenClass() {}

    public static void main(String[] args) throws Exception {
      try {
        System.out.println(Broken.NUMBER);
      } catch (ExceptionInInitializerError e) {
        // The class stays, in error.
      }
      long start = System.nanoTime();
      Outcome outcome = Sim.run(1, sim -> sim.sleep(Duration.ofHours(1)));
      System.out.println("over " + outcome.seed() + ' ' + (System.nanoTime() > start));
    }
  }

  @Test
  @Timeout(300)
  void aClassThatNobodyCanUseKeepsNoSimulationFromStarting() throws Exception {
    ChildJvm.Result child =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "-Djdk.attach.allowAttachSelf=true",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                AfterABrokenClass.class.getName()));
    assertEquals(0, child.exitCode(), child.output());
    assertEquals("over 1 true", child.output().lines().toList().getLast());
  }
}
