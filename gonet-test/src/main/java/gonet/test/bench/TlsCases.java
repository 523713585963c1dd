package gonet.test.bench;

import static gonet.test.bench.Metric.BYTES_PER_CPU;
import static gonet.test.bench.Metric.CPU_PER_REQUEST;
import static gonet.test.bench.Metric.MEMORY_PER_CONN;
import static gonet.test.bench.Placement.SPLIT;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cases of TLS: the modes of other cases over TLS 1.3 with AES-128-GCM and P-256, which the
 * load generator asks for.
 */
final class TlsCases {
  /** In front of the mode that the server is started in. */
  static final String PREFIX = "tls-";

  /** What servers do over TLS. */
  static final Set<String> MODES = Set.of("tls-echo", "tls-source", "tls-idle");

  private static final String GO = "go";
  private static final String JDK = "jdk-virtual";
  private static final String NETTY = "netty";

  /** Enough to measure kibibytes; each costs a handshake. */
  private static final int IDLE = 5000;

  private TlsCases() {}

  /** All of them. */
  static List<Case> cases() {
    return List.of(
        new Case(
            "T1",
            "",
            "TLS: echo of 128 bytes, 64 connections, one core",
            "tls-echo",
            CPU_PER_REQUEST,
            SPLIT,
            List.of("mode=echo", "conns=64"),
            Goals.of(Map.of(JDK, 0.8, NETTY, 1.0, GO, 1.15))),
        new Case(
            "T2",
            "",
            "TLS: bulk, writes of 1 MiB, one connection",
            "tls-source",
            BYTES_PER_CPU,
            SPLIT,
            List.of("mode=source", "conns=1"),
            Goals.of(Map.of(JDK, 1 / 0.85, NETTY, 1.0))),
        handshakes("full", "mode=handshake", "conns=16"),
        handshakes("resumed", "mode=handshake", "conns=16", "resume=1"),
        new Case(
            "T4",
            "",
            "TLS: memory of an idle connection, of " + IDLE + " without a byte so far",
            "tls-idle",
            MEMORY_PER_CONN,
            SPLIT,
            List.of("mode=hold", "conns=" + IDLE),
            Goals.of(Map.of(JDK, 0.25, NETTY, 1.0))));
  }

  private static Case handshakes(String kind, String... load) {
    return new Case(
        "T3",
        kind,
        "TLS: connect, " + kind + " handshake, one echo, close; 16 at a time, one core",
        "tls-echo",
        CPU_PER_REQUEST,
        SPLIT,
        List.of(load),
        Goals.of(Map.of(JDK, 1.0)));
  }
}
