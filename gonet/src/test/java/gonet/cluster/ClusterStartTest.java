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
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Workers that do not start, or do not become ready, and how the primary tells and goes on. */
@Timeout(60)
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
