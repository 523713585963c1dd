package gonet.test.bench;

import static gonet.test.bench.Metric.CPU_PER_REQUEST;
import static gonet.test.bench.Placement.SPLIT;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The cases of datagrams. A request is one datagram, whichever way it came and went. */
final class Datagrams {
  /** What needs the kernel to cut datagrams, or to put them together. */
  static final Set<String> OF_THE_KERNEL = Set.of("segments", "trains");

  /** What servers do with datagrams. */
  static final Set<String> MODES = Set.of("datagrams", "batches", "segments", "trains");

  private static final String GO = "go";

  private Datagrams() {}

  /** All of them. */
  static List<Case> cases() {
    return List.of(
        of(
            "U1",
            "64",
            "Echo of datagrams of 64 bytes, 64 sockets, one in flight on each, one core",
            "datagrams",
            List.of("mode=datagrams", "conns=64", "size=64"),
            0.9),
        of(
            "U1",
            "batch",
            "The same with 8 sockets and 16 in flight on each, in batches",
            "batches",
            List.of("mode=datagrams", "conns=8", "size=64", "depth=16"),
            0.68),
        of(
            "U1",
            "segments",
            "The same with segmentation",
            "segments",
            List.of("mode=segments", "conns=8", "size=64", "depth=16"),
            0.6),
        of(
            "U2",
            "echo",
            "Echo of datagrams of 1,200 bytes, 4 sockets, 16 in flight on each, with segmentation",
            "segments",
            List.of("mode=segments", "conns=4", "size=1200", "depth=16"),
            0.6),
        of(
            "U2",
            "send",
            "Sending datagrams of 1,200 bytes, 48 for each that asks, with segmentation",
            "trains",
            List.of("mode=trains", "conns=4", "size=1200", "depth=2"),
            0.4));
  }

  private static Case of(
      String id, String variant, String title, String mode, List<String> load, double toGo) {
    return new Case(
        id, variant, title, mode, CPU_PER_REQUEST, SPLIT, load, Goals.of(Map.of(GO, toGo)));
  }
}
