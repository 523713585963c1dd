package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.bench.peer.GonetPeer;
import gonet.test.bench.peer.JdkVirtualPeer;
import gonet.test.machine.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class LoadProcessTest {
  @TempDir private Path folder;

  private LoadProcess load;
  private Path echo;
  private Path datagrams;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(Builds.find("gcc").isPresent(), "no gcc on the path");
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "epoll wants Linux");
    Builds builds = new Builds(Path.of("peers").toAbsolutePath(), folder);
    load = LoadProcess.build(builds, folder);
    echo = builds.c("echo");
    datagrams = builds.c("datagrams");
  }

  private ServerProcess start(String mode, String... more)
      throws IOException, InterruptedException {
    Path program = Datagrams.MODES.contains(mode) ? datagrams : echo;
    List<String> command = new ArrayList<>(List.of(program.toString(), "mode=" + mode));
    command.addAll(List.of(more));
    return ServerProcess.start("c-epoll", command, folder);
  }

  private LoadResult run(Metric metric, String mode, String... arguments) throws Exception {
    Case which =
        new Case("X", "", "", mode, metric, Placement.FREE, List.of(arguments), Goals.of(Map.of()));
    try (ServerProcess server = start(mode)) {
      return load.run(which, server, 0.05, 0.1);
    }
  }

  @Test
  void everyKindOfLoadIsAnsweredWithoutErrors() throws Exception {
    List<List<String>> loads =
        List.of(
            List.of("mode=echo", "conns=3", "idle=5"),
            List.of("mode=echo", "conns=2", "depth=16"),
            List.of("mode=paced", "conns=3", "rate=500"),
            List.of("mode=paced", "conns=3", "rate=500", "slow=20"),
            List.of("mode=churn", "conns=2"),
            List.of("mode=fresh", "conns=2", "probes=2"));
    for (List<String> arguments : loads) {
      LoadResult run = run(Metric.CPU_PER_REQUEST, "echo", arguments.toArray(String[]::new));
      assertEquals(0, run.errors(), arguments + " " + run);
      assertTrue(run.requests() > 0, arguments + " " + run);
      assertTrue(run.latencies().getTotalCount() > 0, arguments + " " + run);
      assertTrue(run.serverCpuNanos() > 0, arguments + " " + run);
      assertEquals(
          128.0 * run.requests(), (double) run.bytes(), 128.0 * 3 * 16, arguments + " " + run);
    }
  }

  @Test
  void everyCaseOfDatagramsIsAnsweredWithoutErrors() throws Exception {
    for (Case which : Datagrams.cases()) {
      try (ServerProcess server = start(which.mode())) {
        LoadResult run = load.run(which.at(Placement.FREE), server, 0.05, 0.1);
        assertEquals(0, run.errors(), which.name() + " " + run);
        assertTrue(run.requests() > 0, which.name() + " " + run);
        assertEquals(run.requests(), run.latencies().getTotalCount(), which.name());
        assertEquals(which.name().startsWith("U1") ? 64 : 1200, run.bytes() / run.requests());
      }
    }
  }

  @Test
  void everyCaseOfTlsIsAnsweredWithoutErrorsByTheJdkAndByGonet() throws Exception {
    assumeTrue(load.canRun(TlsCases.cases().getFirst()), "no headers of OpenSSL");
    for (Class<?> peer : List.of(JdkVirtualPeer.class, GonetPeer.class)) {
      for (Case which : TlsCases.cases()) {
        try (Target target = Target.of(which, echo, folder);
            ServerProcess server =
                ServerProcess.start("tls", command(peer, which, target), folder)) {
          if (which.metric() == Metric.MEMORY_PER_CONN) {
            load.hold(which.at(Placement.FREE), server, 3).close();
            continue;
          }
          LoadResult run = answered(which.at(Placement.FREE), server);
          assertEquals(0, run.errors(), which.name() + " " + peer + " " + run);
          assertTrue(run.bytes() > 0, which.name() + " " + peer + " " + run);
        }
      }
    }
  }

  /** A first handshake may take longer than a short run. */
  private LoadResult answered(Case which, ServerProcess server) throws Exception {
    LoadResult run = load.run(which, server, 0.1, 0.1);
    for (double seconds = 0.4; run.bytes() == 0 && seconds < 10; seconds *= 2) {
      run = load.run(which, server, seconds, seconds);
    }
    return run;
  }

  private static List<String> command(Class<?> peer, Case which, Target target) {
    List<String> arguments = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    arguments.add(System.getProperty("java.class.path"));
    arguments.add(peer.getName());
    arguments.add("mode=" + which.mode().substring(TlsCases.PREFIX.length()));
    arguments.addAll(target.arguments());
    return ChildJvm.java(arguments);
  }

  @Test
  void aPathIsAskedInThePlaceOfAPort() throws Exception {
    try (Target target = Target.of(of("unix"), echo, folder);
        ServerProcess server = start("unix", target.arguments().toArray(String[]::new))) {
      LoadResult run = load.run(of("unix"), server, 0.05, 0.1);
      assertEquals(0, run.errors(), run::toString);
      assertEquals(128.0 * run.requests(), (double) run.bytes(), 128.0 * 3);
      assertTrue(run.requests() > 0, run::toString);
    }
  }

  private static Case of(String mode) {
    return new Case(
        "X",
        "",
        "",
        mode,
        Metric.CPU_PER_REQUEST,
        Placement.FREE,
        List.of("mode=echo", "conns=3"),
        Goals.of(Map.of()));
  }

  @Test
  void marksTellHowFarARunIs() throws Exception {
    List<Long> marks = new ArrayList<>();
    Case which =
        new Case(
            "X",
            "",
            "",
            "echo",
            Metric.ALLOCATED_PER_REQUEST,
            Placement.FREE,
            List.of("mode=echo", "conns=2"),
            Goals.of(Map.of()));
    try (ServerProcess server = start("echo")) {
      LoadResult run = load.run(which, server, 0.05, 0.5, marks::add);
      assertTrue(run.requests() >= marks.getLast(), marks + " " + run);
    }
    assertTrue(marks.size() >= 2, marks::toString);
    assertTrue(marks.getFirst() < marks.getLast(), marks::toString);
    assertEquals(marks.stream().sorted().toList(), marks);
  }

  @Test
  void bytesFlowBothWays() throws Exception {
    assertTrue(run(Metric.BYTES_PER_CPU, "source", "mode=source", "conns=2").bytes() > 0);
    assertTrue(run(Metric.BYTES_PER_CPU, "sink", "mode=sink", "conns=2").bytes() > 0);
  }

  @Test
  void aServerThatHasGoneIsAnErrorThatSaysSo() throws Exception {
    ServerProcess server = start("echo");
    server.close();
    Case which =
        new Case(
            "X",
            "",
            "",
            "echo",
            Metric.CPU_PER_REQUEST,
            Placement.FREE,
            List.of("mode=echo"),
            Goals.of(Map.of()));
    IOException e = assertThrows(IOException.class, () -> load.run(which, server, 0.1, 0.1));
    assertTrue(String.valueOf(e.getMessage()).contains("refused"), e.getMessage());
  }

  @Test
  void aServerThatDoesNotListenIsAnErrorWithItsOwnWords() {
    List<String> command = List.of(echo.toString(), "mode=dance");
    IOException e =
        assertThrows(IOException.class, () -> ServerProcess.start("c-epoll", command, folder));
    assertTrue(String.valueOf(e.getMessage()).contains("no mode dance"), e.getMessage());
  }
}
