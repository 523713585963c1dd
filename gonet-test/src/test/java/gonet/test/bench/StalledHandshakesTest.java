package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.test.Proves;
import gonet.test.bench.peer.GonetPeer;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that stop in the middle of the handshake, beside 100 normal ones that send 1,000 requests
 * a second in all. They come evenly within the handshake's limit, ten seconds: a hundred a second.
 * Whoever the server ends after that comes back in turn and stops again. A server in a JVM of its
 * own, the load from the rig's program, whose latencies count from the moment a request was due.
 *
 * <p>Rounds without the stalled clients and with them take turns, each in front of the other once,
 * and the median of the ratios of neighbours is the figure: what the machine does meanwhile falls
 * upon both, and a single wild round counts for nothing. Prints every round. Short rounds show that
 * the test runs; they are not judged.
 */
@Tag("slow")
@Timeout(900)
@Proves("tls-stalled")
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "each lane has a JVM of its own, so one run of the suite tries them all")
class StalledHandshakesTest {
  private static final int STALLED = 1000;
  private static final int ROUNDS = 7;

  /** Of a round that is judged: fewer requests have no p99 that means something. */
  private static final double LEAST_SECONDS = 10;

  private static final double SECONDS =
      Double.parseDouble(
          System.getProperty("gonet.test.stalledSeconds", Double.toString(LEAST_SECONDS)));

  /** The engine's state in the middle of a handshake, a parked virtual thread, a connection. */
  private static final long MAX_HEAP_BYTES_EACH = 64 * 1024;

  @TempDir private Path folder;

  private LoadProcess load;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(Builds.find("gcc").isPresent(), "no gcc on the path");
    assumeTrue(Builds.find("taskset").isPresent(), "no taskset on the path");
    assumeTrue(Machine.cores() >= 2, "server and load want a core each");
    Builds builds = new Builds(Path.of("peers").toAbsolutePath(), folder);
    load = LoadProcess.build(builds, folder);
    assumeTrue(load.canRun(clients(0)), "no headers of OpenSSL");
  }

  private static Case clients(int stalled) {
    return new Case(
        "stalled",
        "" + stalled,
        stalled + " clients that stop in the handshake",
        "tls-echo",
        Metric.LATENCY_P50,
        Placement.SPLIT,
        List.of("mode=paced", "conns=100", "rate=1000", "stalled=" + stalled),
        Goals.of(Map.of()));
  }

  private ServerProcess start(Target target, String flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ChildJvm.java().toString(), "-Xmx512m"));
    // Without a dead ratio of none this collector counts some megabytes of garbage as in use.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(flags.split(" ")));
    command.add("-cp");
    command.add(
        ChildJvm.locationOf(Net.class) + File.pathSeparator + ChildJvm.locationOf(GonetPeer.class));
    command.addAll(List.of(GonetPeer.class.getName(), "mode=echo"));
    command.addAll(target.arguments());
    return ServerProcess.start("server", Placement.SPLIT.server(command), folder);
  }

  /** A p99, in nanoseconds; NaN from a machine that is so busy that the load did not run. */
  private double p99Nanos(int stalled, ServerProcess server) throws Exception {
    LoadResult run = load.run(clients(stalled), server, 2, SECONDS);
    assertEquals(0, run.errors(), run::toString);
    return run.latencies().getTotalCount() == 0 ? Double.NaN : run.latencyNanos(99);
  }

  /** Two neighbours. */
  private record Round(double alone, double beside) {
    double ratio() {
      return beside / alone;
    }
  }

  private Round round(int number, ServerProcess server) throws Exception {
    if (number % 2 == 0) {
      double alone = p99Nanos(0, server);
      return new Round(alone, p99Nanos(STALLED, server));
    }
    double beside = p99Nanos(STALLED, server);
    return new Round(p99Nanos(0, server), beside);
  }

  /** Of an even number the worse one. */
  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Heap after a collection, the least of several in one run: requests leave garbage behind. */
  private long heapBytes(int stalled, ServerProcess server) throws Exception {
    AtomicLong least = new AtomicLong(Long.MAX_VALUE);
    LoadResult run =
        load.run(
            clients(stalled),
            server,
            2,
            3,
            requests -> {
              server.collectGarbage();
              long heap = Long.parseLong(String.valueOf(server.stats().get("heap")));
              least.accumulateAndGet(heap, Math::min);
            });
    assertEquals(0, run.errors(), run::toString);
    return least.get();
  }

  @ParameterizedTest
  @CsvSource({
    "shared, epoll/shared, -Dgonet.backend=epoll -Dgonet.lane=shared",
    "carrier, epoll/carrier, -Dgonet.lane=carrier --add-opens=java.base/java.lang=ALL-UNNAMED",
    "nio, nio/thread, -Dgonet.backend=nio"
  })
  void stalledHandshakesLeaveTheOthersWithinTwiceTheirLatency(
      String name, String lane, String flags) throws Exception {
    try (Target target = Target.of(clients(0), folder, folder);
        ServerProcess server = start(target, flags)) {
      Map<String, String> stats = server.stats();
      assertEquals(lane, stats.get("backend") + "/" + stats.get("lane"));
      var _ = load.run(clients(0).shakingHands(), server, 0, 15); // compiles the code
      var _ = p99Nanos(STALLED, server);
      List<Round> rounds = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        Round round = round(i, server);
        if (!Double.isNaN(round.ratio())) {
          rounds.add(round);
          System.out.printf(
              Locale.ROOT,
              "%s lane, round %d: p99 %.0f µs alone, %.0f µs beside, ratio %.2f%n",
              name,
              i + 1,
              round.alone() / 1e3,
              round.beside() / 1e3,
              round.ratio());
        }
      }
      assumeTrue(rounds.size() > ROUNDS / 2, "the load did not come to run");
      double ratio = median(rounds, Round::ratio);
      long heapBeside = heapBytes(STALLED, server);
      long heapAlone = heapBytes(0, server);
      long heapEach = (heapBeside - heapAlone) / STALLED;
      System.out.printf(
          Locale.ROOT,
          "%s lane: p99 of 100 clients at 1,000 requests/s beside %,d stalled handshakes, medians of"
              + " %d rounds of %.1f s: %.0f µs alone, %.0f µs beside, ratio %.2f (goal 2); one costs"
              + " %,d bytes of heap (%,d KiB less %,d KiB); resident %,d KiB%n",
          name,
          STALLED,
          rounds.size(),
          SECONDS,
          median(rounds, Round::alone) / 1e3,
          median(rounds, Round::beside) / 1e3,
          ratio,
          heapEach,
          heapBeside >> 10,
          heapAlone >> 10,
          server.residentBytes() >> 10);
      if (SECONDS >= LEAST_SECONDS) {
        assertTrue(ratio <= 2, () -> name + " misses the goal, see above");
      }
      assertTrue(heapEach <= MAX_HEAP_BYTES_EACH, () -> heapEach + " bytes for each");
    }
  }
}
