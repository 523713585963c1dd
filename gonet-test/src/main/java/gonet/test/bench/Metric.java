package gonet.test.bench;

/** What a case compares the servers by. Everything else is recorded beside it. */
enum Metric {
  /** CPU time of the server, user and system, divided by the requests it answered. */
  CPU_PER_REQUEST("µs CPU/request", true),
  /** Median of the latencies. */
  LATENCY_P50("µs p50", true),
  /** The longest latency. */
  LATENCY_MAX("ms longest", true),
  /** Payload moved for each second of the server's CPU time. */
  BYTES_PER_CPU("MB/CPU second", false),
  /** Memory of the server for each connection: garbage-collected heap and everything else. */
  MEMORY_PER_CONN("bytes/connection", true),
  /** Bytes allocated on the heap for each request. */
  ALLOCATED_PER_REQUEST("bytes/request", true),
  /** CPU time of the server while nothing happens, in percent of one core. */
  CPU_IDLE("% of a core", true);

  private final String unit;
  private final boolean lowerIsBetter;

  Metric(String unit, boolean lowerIsBetter) {
    this.unit = unit;
    this.lowerIsBetter = lowerIsBetter;
  }

  String unit() {
    return unit;
  }

  boolean lowerIsBetter() {
    return lowerIsBetter;
  }

  /** The value of this metric in a run of the load generator; NaN if it tells nothing about it. */
  double of(LoadResult run) {
    return switch (this) {
      case CPU_PER_REQUEST -> run.serverCpuNanos() / 1e3 / run.requests();
      case LATENCY_P50 -> run.latencyNanos(50) / 1e3;
      case LATENCY_MAX -> run.latencyNanos(100) / 1e6;
      case BYTES_PER_CPU -> run.bytes() * 1e3 / run.serverCpuNanos();
      case CPU_IDLE -> run.serverCpuNanos() / 1e7 / run.seconds();
      case MEMORY_PER_CONN, ALLOCATED_PER_REQUEST -> Double.NaN;
    };
  }
}
