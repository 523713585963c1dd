package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadResultTest {
  private static final List<String> LINES =
      List.of(
          "seconds 2.000000",
          "server_cpu_ns 1000000000",
          "load_cpu_ns 500000000",
          "requests 4000",
          "bytes 512000",
          "errors 3",
          "latency_ns 10000:99 2000000:1");

  @Test
  void everyLineIsRead() {
    LoadResult run = LoadResult.parse(LINES);
    assertEquals(2.0, run.seconds());
    assertEquals(2000.0, run.requestsPerSecond());
    assertEquals(0.5, run.serverCores());
    assertEquals(0.25, run.loadCores());
    assertEquals(512_000, run.bytes());
    assertEquals(3, run.errors());
    assertEquals(10_000, run.latencyNanos(50), 10);
    assertEquals(2_000_000, run.latencyNanos(100), 2000);
  }

  @Test
  void eachMetricIsTheQuotientThatItsUnitNames() {
    LoadResult run = LoadResult.parse(LINES);
    assertEquals(250.0, Metric.CPU_PER_REQUEST.of(run), "1 s / 4000, in µs");
    assertEquals(0.512, Metric.BYTES_PER_CPU.of(run), 1e-9, "512 kB in one second of CPU");
    assertEquals(50.0, Metric.CPU_IDLE.of(run), 1e-9, "1 s of 2 s");
    assertEquals(10.0, Metric.LATENCY_P50.of(run), 0.01);
    assertEquals(2.0, Metric.LATENCY_MAX.of(run), 0.002);
  }

  @Test
  void withoutLatenciesPercentilesAreNoNumber() {
    List<String> lines = new ArrayList<>(LINES);
    lines.set(6, "latency_ns");
    assertTrue(Double.isNaN(LoadResult.parse(lines).latencyNanos(99)));
  }

  @Test
  void aLineThatIsMissingIsNamed() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> LoadResult.parse(LINES.subList(0, 3)));
    assertTrue(String.valueOf(e.getMessage()).contains("latency_ns"), e.getMessage());
  }
}
