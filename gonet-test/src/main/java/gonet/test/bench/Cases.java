package gonet.test.bench;

import static gonet.test.bench.Metric.ALLOCATED_PER_REQUEST;
import static gonet.test.bench.Metric.BYTES_PER_CPU;
import static gonet.test.bench.Metric.CPU_IDLE;
import static gonet.test.bench.Metric.CPU_PER_REQUEST;
import static gonet.test.bench.Metric.LATENCY_MAX;
import static gonet.test.bench.Metric.LATENCY_P50;
import static gonet.test.bench.Metric.MEMORY_PER_CONN;
import static gonet.test.bench.Placement.FREE;
import static gonet.test.bench.Placement.SPLIT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The cases that docs/performance.md describes. */
final class Cases {
  private static final String C = "c-epoll";
  private static final String GO = "go";
  private static final String JDK = "jdk-virtual";
  private static final String NETTY = "netty";
  private static final String PARK = "jdk-park";

  /** Of gonet, as its servers are called. */
  private static final List<String> LANES = List.of("carrier", "shared", "nio");

  private Cases() {}

  /**
   * All cases.
   *
   * @param cores of this machine
   * @param brief with fewer connections where opening them takes longest
   */
  static List<Case> all(int cores, boolean brief) {
    List<Case> cases = new ArrayList<>();
    cases.add(
        new Case(
            "P1",
            "",
            "Echo of 128 bytes, 64 connections, one core",
            "echo",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64"),
            Goals.of(Map.of(C, 1.05, GO, 0.87, JDK, 0.75, NETTY, 1.0))
                .shared(Map.of(C, 1.10, GO, 0.95, JDK, 0.80))));
    cases.add(
        new Case(
            "P2",
            "",
            "The same, with a read deadline before every read",
            "deadline",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64"),
            Goals.of(Map.of(C, 1.10, GO, 0.85, JDK, 0.40))));
    for (int conns : new int[] {64, 1000}) {
      cases.add(
          new Case(
              "P3",
              "" + conns,
              "Echo of 128 bytes, " + conns + " connections, all cores",
              "echo",
              CPU_PER_REQUEST,
              FREE,
              List.of("mode=echo", "conns=" + conns),
              Goals.of(Map.of(GO, 0.85, JDK, 0.70, NETTY, 1.0))));
    }
    cases.add(
        new Case(
            "P4",
            "",
            "Ping-pong over one connection, all cores",
            "echo",
            LATENCY_P50,
            FREE,
            List.of("mode=echo", "conns=1"),
            Goals.of(Map.of(GO, 0.5, JDK, 0.5, NETTY, 0.5))));
    int open = brief ? 4000 : 18_000;
    int busy = brief ? 500 : 1000;
    cases.add(
        new Case(
            "P5",
            "",
            busy + " busy connections of " + open + " open ones, one core",
            "echo",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=" + busy, "idle=" + (open - busy)),
            Goals.of(Map.of(C, 1.10, GO, 0.90, JDK, 0.80, NETTY, 1.0))));
    cases.add(
        new Case(
            "P6",
            "",
            "Churn: connect, one echo, close; 64 at a time, one core",
            "echo",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=churn", "conns=64"),
            Goals.of(Map.of(GO, 1.0, JDK, 0.6, NETTY, 0.8))));
    cases.add(
        new Case(
            "P7",
            "",
            "First echo of a fresh connection beside 200 busy ones, longest of "
                + (brief ? 20 : 60),
            "echo",
            LATENCY_MAX,
            SPLIT,
            List.of("mode=fresh", "conns=200", "probes=" + (brief ? 20 : 60)),
            Goals.below(20)));
    for (int conns : new int[] {1, 16}) {
      cases.add(
          new Case(
              "P8",
              "" + conns,
              "Bulk: writes of 1 MiB, " + conns + (conns == 1 ? " connection" : " connections"),
              "source",
              BYTES_PER_CPU,
              SPLIT,
              List.of("mode=source", "conns=" + conns),
              Goals.of(Map.of(C, 0.95, GO, 1.0, JDK, 1.2, NETTY, 1.0))));
    }
    cases.add(
        new Case(
            "P9",
            "",
            "Memory of an idle connection, of " + open + " open ones without a byte so far",
            "idle",
            MEMORY_PER_CONN,
            FREE,
            List.of("mode=hold", "conns=" + (open - 300)),
            Goals.of(Map.of(GO, 0.8, JDK, 0.5))));
    cases.add(
        new Case(
            "P10",
            "",
            "Pipelined: 16 requests in flight on each of 64 connections, one core",
            "echo",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64", "depth=16"),
            Goals.of(Map.of(C, 1.05, GO, 0.85, JDK, 0.75, NETTY, 1.0))));
    for (String kind : List.of("64", "bulk")) {
      boolean bulk = kind.equals("bulk");
      cases.add(
          new Case(
              "P11",
              kind,
              "TCP proxy, 64 connections: "
                  + (bulk ? "bulk to the client" : "echo of 4 KiB through it"),
              "proxy",
              BYTES_PER_CPU,
              SPLIT,
              bulk
                  ? List.of("mode=source", "conns=64")
                  : List.of("mode=echo", "conns=64", "size=4096"),
              Goals.of(Map.of(GO, 1.0, JDK, 2.0, NETTY, 1.5))));
    }
    cases.add(
        new Case(
            "P12",
            "",
            "Allocation for each request, beside that of parking and unparking alone",
            "allocate",
            ALLOCATED_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64"),
            Goals.of(Map.of(PARK, 1.0)).shared(Map.of(PARK, 1.0, JDK, 1.0))));
    for (String kind : List.of("spin", "native")) {
      boolean spins = kind.equals("spin");
      cases.add(
          new Case(
              "P13",
              kind,
              "Longest wait of 64 connections while "
                  + cores
                  + (spins ? " handlers compute" : " handlers sit in a system call"),
              "hog",
              LATENCY_MAX,
              FREE,
              List.of(
                  "mode=hog",
                  "conns=" + (64 - cores),
                  "rate=3000",
                  "hogs=" + cores,
                  "kind=" + (spins ? "S" : "N")),
              Goals.of(Map.of(GO, spins ? 0.35 : 1.0, JDK, 0.02))));
    }
    cases.add(
        new Case(
            "P14",
            "paced",
            "Low load: 1,000 requests/s over 64 connections, all cores",
            "echo",
            CPU_PER_REQUEST,
            FREE,
            List.of("mode=paced", "conns=64", "rate=1000"),
            Goals.of(Map.of(GO, 0.6, JDK, 0.4)).shared(Map.of(JDK, 0.9))));
    cases.add(
        new Case(
            "P14",
            "quiet",
            "No traffic on 64 connections",
            "echo",
            CPU_IDLE,
            FREE,
            List.of("mode=quiet", "conns=64"),
            Goals.below(0.1)));
    for (String lane : LANES) {
      cases.add(besideServer(lane));
    }
    cases.add(
        new Case(
            "P16",
            "",
            "Echo as in P1 over Unix streams",
            "unix",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64"),
            Goals.of(Map.of(GO, 0.85))));
    cases.add(
        new Case(
            "P17",
            "",
            "A file of 1 GiB, sent again and again over one connection",
            "file",
            BYTES_PER_CPU,
            SPLIT,
            List.of("mode=source", "conns=1"),
            Goals.of(Map.of(GO, 1.0))));
    cases.addAll(Datagrams.cases());
    cases.addAll(TlsCases.cases());
    return List.copyOf(cases);
  }

  /** The same echo by a loop that accepts, and by {@code Server}. */
  private static Case besideServer(String lane) {
    return new Case(
        "P15",
        lane,
        "Server beside a bare accept loop, " + lane + ": echo as in P1",
        "server-" + lane,
        CPU_PER_REQUEST,
        SPLIT,
        List.of("mode=echo", "conns=64"),
        Goals.between("gonet-" + lane + "-server", "gonet-" + lane, 1.03));
  }
}
