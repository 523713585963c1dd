package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.test.bench.peer.ServerPeer;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that send a byte a second, beside 100 normal ones that send 1,000 requests a second in
 * all; each waits for whole requests of 128 bytes. A server in a JVM of its own, the load from the
 * rig's program, whose latencies count from the moment a request was due. Prints what it measured.
 */
@Tag("slow")
@Timeout(900)
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "each lane has a JVM of its own, so one run of the suite tries them all")
class SlowSendersTest {
  private static final int SLOW = 2000;
  private static final int ROUNDS = 5;

  /** Of a round; fewer tell less. */
  private static final double SECONDS =
      Double.parseDouble(System.getProperty("gonet.test.slowSenderSeconds", "10"));

  /** A parked virtual thread, its buffer, and what the server keeps of a connection. */
  private static final long MAX_HEAP_BYTES_EACH = 8 * 1024;

  @TempDir private Path folder;

  private LoadProcess load;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(Builds.find("gcc").isPresent(), "no gcc on the path");
    assumeTrue(Builds.find("taskset").isPresent(), "no taskset on the path");
    assumeTrue(Machine.cores() >= 2, "server and load want a core each");
    Builds builds = new Builds(Path.of("peers").toAbsolutePath(), folder);
    load = new LoadProcess(builds.c("load"), folder);
  }

  private static Case clients(int slow) {
    return new Case(
        "slow",
        "" + slow,
        slow + " slow senders",
        "whole",
        Metric.LATENCY_P50,
        Placement.SPLIT,
        List.of("mode=paced", "conns=100", "rate=1000", "slow=" + slow),
        Goals.of(Map.of()));
  }

  private ServerProcess start(String flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ChildJvm.java().toString(), "-Xmx256m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(flags.split(" ")));
    command.addAll(
        List.of(
            "-cp",
            ChildJvm.locationOf(Net.class)
                + File.pathSeparator
                + ChildJvm.locationOf(ServerPeer.class),
            ServerPeer.class.getName(),
            "mode=whole"));
    return ServerProcess.start("server", Placement.SPLIT.server(command), folder);
  }

  private double p99Nanos(int slow, ServerProcess server) throws Exception {
    LoadResult run = load.run(clients(slow), server, 2, SECONDS);
    assertEquals(0, run.errors(), run::toString);
    return run.latencyNanos(99);
  }

  /** In the middle of a run: heap after a collection. */
  private long heapBytes(int slow, ServerProcess server) throws Exception {
    AtomicInteger marks = new AtomicInteger();
    long[] heap = new long[1];
    load.run(
        clients(slow),
        server,
        2,
        2,
        requests -> {
          if (marks.incrementAndGet() == 5) {
            server.collectGarbage();
            heap[0] = Long.parseLong(String.valueOf(server.stats().get("heap")));
          }
        });
    return heap[0];
  }

  @ParameterizedTest
  @CsvSource({
    "shared, epoll/shared, -Dgonet.backend=epoll -Dgonet.lane=shared",
    "carrier, epoll/carrier, -Dgonet.lane=carrier --add-opens=java.base/java.lang=ALL-UNNAMED",
    "nio, nio/thread, -Dgonet.backend=nio"
  })
  void slowSendersLeaveTheOthersWithinTwiceTheirLatency(String name, String lane, String flags)
      throws Exception {
    try (ServerProcess server = start(flags)) {
      Map<String, String> stats = server.stats();
      assertEquals(lane, stats.get("backend") + "/" + stats.get("lane"));
      var _ = p99Nanos(SLOW, server); // compiles the code
      double alone = Double.MAX_VALUE;
      double beside = Double.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        alone = Math.min(alone, p99Nanos(0, server));
        beside = Math.min(beside, p99Nanos(SLOW, server));
      }
      long heapEach = (heapBytes(SLOW, server) - heapBytes(0, server)) / SLOW;
      System.out.printf(
          Locale.ROOT,
          "%s lane: p99 of 100 clients at 1,000 requests/s, best of %d rounds of %.0f s: %.0f µs"
              + " alone, %.0f µs beside %,d slow senders, ratio %.2f (goal 2); a slow sender costs"
              + " %,d bytes of heap; resident %,d KiB%n",
          name,
          ROUNDS,
          SECONDS,
          alone / 1e3,
          beside / 1e3,
          SLOW,
          beside / alone,
          heapEach,
          server.residentBytes() >> 10);
      assertTrue(beside <= 2 * alone, () -> name + " misses the goal, see above");
      assertTrue(heapEach <= MAX_HEAP_BYTES_EACH, () -> heapEach + " bytes for each");
    }
  }
}
