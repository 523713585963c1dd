package gonet.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.cluster.WorkerStatus.State;
import gonet.support.Proves;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Workers that do not start, or do not become ready, and how the primary tells and goes on. */
@Timeout(180)
@Proves("cluster-deaths")
@SuppressWarnings("try") // each closes in its own order
class ClusterStartTest {
  private static final Duration SOON = Duration.ofMillis(1);

  private final Rehearsal rehearsal = new Rehearsal();

  private ClusterBuilder quick(int workers) {
    return rehearsal.builder(workers).backOff(SOON, SOON, Duration.ofSeconds(10));
  }

  private static String failure(Cluster cluster) {
    return String.valueOf(
        assertThrows(ClusterException.class, () -> cluster.awaitReady(Rehearsal.LIMIT))
            .getMessage());
  }

  @Test
  void oneThatIsNeverReadyIsKilledAndToldAndTriedAgain() throws Exception {
    try (Cluster cluster = quick(1).readyLimit(Duration.ofMillis(50)).start()) {
      assertEquals("cluster: worker 1 was not ready in 50 ms", failure(cluster));
      await().until(() -> cluster.workers().getFirst().starts() > 2);
      await().until(() -> "was not ready in 50 ms".equals(cluster.workers().getFirst().lastEnd()));
    }
  }

  @Test
  void oneThatEndsBeforeItIsReadyIsToldWithItsStatus() throws Exception {
    try (Cluster cluster = quick(1).command(List.of("sh", "-c", "exit 3")).start()) {
      String failure = failure(cluster);
      assertTrue(failure.startsWith("cluster: worker 1 process "), failure);
      assertTrue(failure.endsWith(" ended with status 3 before it was ready"), failure);
    }
  }

  @Test
  void aCommandThatIsNotThereIsTold() throws Exception {
    try (Cluster cluster = quick(1).command(List.of("/nowhere/java")).start()) {
      String failure = failure(cluster);
      assertTrue(failure.startsWith("cluster: worker 1 could not start: "), failure);
      assertTrue(failure.contains("/nowhere/java"), failure);
    }
  }

  @Test
  void whileOneFailsTheOthersServe() throws Exception {
    try (Cluster cluster =
            quick(2).readyLimit(Duration.ofMillis(500)).listenOn("tcp", "127.0.0.1:0").start();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", "127.0.0.1:0")) {
      well.ready(grace -> listener.close());
      await().until(() -> cluster.workers().stream().anyMatch(each -> each.starts() > 2));
      try (var client = Rehearsal.client(cluster, "x");
          var served = listener.accept()) {
        Rehearsal.assertReads("x", served);
        client.setReadTimeout(Rehearsal.LIMIT);
      }
    }
  }

  @Test
  void aLimitThatIsOverSaysHowManyAreReady() throws Exception {
    try (Cluster cluster = rehearsal.builder(2).start()) {
      ClusterException e =
          assertThrows(ClusterException.class, () -> cluster.awaitReady(Duration.ofMillis(20)));
      assertEquals("cluster: 0 of 2 workers are ready after 20 ms", e.getMessage());
      assertThrows(IllegalStateException.class, cluster::addr);
    }
  }

  @Test
  void aPortThatIsTakenFailsAtTheStartAndNothingIsLeft() throws Exception {
    try (Listener taken = Net.listen("tcp", "127.0.0.1:0")) {
      ClusterBuilder builder =
          rehearsal.builder(1).listenOn("tcp", "127.0.0.1:0").listenOn("tcp", "" + taken.addr());
      var _ = assertThrows(NetBindException.class, builder::start);
      assertTrue(rehearsal.variables.isEmpty(), "no process has started");
    }
  }

  @Test
  void anEndBeforeAnybodyIsReadyNeedsNoGrace() throws Exception {
    Cluster cluster = rehearsal.builder(2).start();
    var _ = rehearsal.variable();
    ClusterReport report = cluster.shutdown(Duration.ofHours(1));
    assertEquals(new ClusterReport(0, 0, 0), report);
    assertTrue(report.isGraceful());
    assertTrue(cluster.isEnding());
    assertTrue(cluster.awaitClosed(Duration.ZERO));
    assertEquals("cluster: it ends", failure(cluster));
    for (WorkerStatus each : cluster.workers()) {
      assertEquals(State.ENDED, each.state());
      assertFalse(ProcessHandle.of(each.pid()).map(ProcessHandle::isAlive).orElse(false));
    }
  }

  @Test
  void oneThatDoesNotDrainIsKilledBehindTheGraceAndCounted() throws Exception {
    AtomicReference<Duration> told = new AtomicReference<>();
    Cluster cluster = rehearsal.builder(1).start();
    try (Worker worker = rehearsal.worker()) {
      worker.ready(told::set);
      cluster.awaitReady(Rehearsal.LIMIT);
      assertEquals(new ClusterReport(0, 0, 1), cluster.shutdown(Duration.ofMillis(300)));
      assertTrue(worker.isDraining());
      assertTrue(told.get().toMillis() <= 300, () -> "" + told);
    }
  }

  @Test
  void aSecondShutdownCanOnlyHastenTheEnd() throws Exception {
    Cluster cluster = rehearsal.builder(1).start();
    try (Worker worker = rehearsal.worker()) {
      worker.ready(grace -> {});
      cluster.awaitReady(Rehearsal.LIMIT);
      cluster.beginShutdown(Duration.ofHours(1));
      await().until(worker::isDraining);
      assertFalse(cluster.awaitClosed(Duration.ofMillis(20)));
      assertFalse(cluster.shutdown(Duration.ZERO).isGraceful());
      assertFalse(cluster.shutdown(Duration.ofHours(1)).isGraceful());
    }
  }

  @Test
  void theProgramHearsOfEachChangeAndItsFailuresHarmNobody() throws Exception {
    Queue<State> states = new ConcurrentLinkedQueue<>();
    Cluster cluster =
        rehearsal
            .builder(1)
            .onChange(
                status -> {
                  states.add(status.state());
                  throw new IllegalStateException("for the test");
                })
            .start();
    try (Worker worker = rehearsal.worker()) {
      worker.ready(grace -> {});
      cluster.awaitReady(Rehearsal.LIMIT);
    }
    cluster.close();
    assertEquals(
        List.of(State.STARTING, State.READY, State.DRAINING, State.ENDED), List.copyOf(states));
  }

  @Test
  void evenAnErrorOfTheProgramsHarmsNoWorkerAndKeepsNoEndWaiting() throws Exception {
    Cluster cluster =
        rehearsal
            .builder(1)
            .onChange(
                status -> {
                  throw new AssertionError("for the test");
                })
            .start();
    try (Worker worker = rehearsal.worker()) {
      worker.ready(grace -> {});
      cluster.awaitReady(Rehearsal.LIMIT);
      assertEquals(1, cluster.workers().getFirst().starts());
      cluster.beginShutdown(Duration.ZERO);
      assertTrue(cluster.awaitClosed(Rehearsal.LIMIT));
      assertEquals(State.ENDED, cluster.workers().getFirst().state());
    }
  }

  @Test
  void aCallbackEndsTheClusterAndDoesNotWaitForItself() throws Exception {
    CompletableFuture<Cluster> started = new CompletableFuture<>();
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    try (Cluster cluster =
        quick(1)
            .command(List.of("sh", "-c", "exit 3"))
            .onChange(
                status -> {
                  if (status.state() == State.PAUSING) {
                    Cluster own = started.join();
                    own.close();
                    refused.complete(assertThrows(Throwable.class, own::awaitClosed));
                  }
                })
            .start()) {
      started.complete(cluster);
      assertTrue(cluster.awaitClosed(Rehearsal.LIMIT), "it waits for its own callback");
      assertEquals(IllegalStateException.class, refused.join().getClass());
    }
  }

  @Test
  void oneThatASignalDidNotEndIsToldToDrainWhenItComesAndCountedIfItIsKilled() throws Exception {
    Cluster cluster =
        rehearsal.builder(2).command(List.of("sh", "-c", "trap '' TERM; exec sleep 600")).start();
    try {
      String variable = rehearsal.variable();
      var _ = rehearsal.variable();
      await().until(() -> isDeaf(cluster, 1) && isDeaf(cluster, 2));
      cluster.beginShutdown(Duration.ofHours(1));
      await().until(() -> cluster.workers().stream().allMatch(w -> w.state() == State.DRAINING));
      try (Worker late = Worker.connect(variable)) {
        await().until(late::isDraining);
        assertEquals(new ClusterReport(0, 0, 2), cluster.shutdown(Duration.ZERO));
      }
    } finally {
      cluster.shutdown(Duration.ZERO);
    }
  }

  /** Whether it has come so far that it ignores SIGTERM. */
  private static boolean isDeaf(Cluster cluster, int number) throws IOException {
    Path comm = Path.of("/proc/" + cluster.workers().get(number - 1).pid() + "/comm");
    return Files.exists(comm) && Files.readString(comm).equals("sleep\n");
  }

  @Test
  void aClearedEnvironmentStillSaysThatItIsAWorkers() throws Exception {
    List<String> command = List.of("/bin/sh", "-c", "test -n \"$GONET_WORKER\" && exit 3");
    try (Cluster cluster =
        quick(1).command(command).process(process -> process.environment().clear()).start()) {
      String failure = failure(cluster);
      assertTrue(failure.contains("status 3"), failure);
    }
  }

  @Test
  void aPipeThatNobodyReadsIsRefused() throws Exception {
    try (Cluster cluster =
        quick(1).process(process -> process.redirectOutput(Redirect.PIPE)).start()) {
      assertEquals(
          "cluster: worker 1 could not start: nobody reads what comes by Redirect.PIPE",
          failure(cluster));
    }
  }

  @Test
  void aGraceForEverIsOne() throws Exception {
    Cluster cluster = rehearsal.builder(1).grace(Duration.ofSeconds(Long.MAX_VALUE)).start();
    try (Worker worker = rehearsal.worker()) {
      assertEquals(1, worker.number());
    } finally {
      cluster.shutdown(Duration.ZERO);
    }
  }

  @Test
  void valuesThatMakeNoSenseAreNamed() {
    ClusterBuilder builder = Cluster.builder();
    assertEquals("workers are 0, below 1", refused(() -> builder.workers(0)));
    assertEquals("no command", refused(() -> builder.command(List.of())));
    assertEquals(
        "ready limit is not above zero: PT0S", refused(() -> builder.readyLimit(Duration.ZERO)));
    assertEquals("grace is negative: PT-1S", refused(() -> builder.grace(Duration.ofSeconds(-1))));
    assertEquals(
        "first back-off PT2S is above PT1S",
        refused(
            () ->
                builder.backOff(
                    Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1))));
  }

  private static String refused(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
