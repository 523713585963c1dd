package gonet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  @Test
  void aBoundIsPartOfItsClassAndTheLastClassHasNone() {
    Latencies latencies = new Latencies();
    List<Duration> bounds = LatencyHistogram.bounds();
    for (Duration bound : bounds) {
      latencies.add(bound.toNanos() / 1000);
    }
    latencies.add(Long.MAX_VALUE / 2_000_000);
    latencies.add(-5); // a clock that went back
    LatencyHistogram histogram = latencies.snapshot();
    for (int i = 0; i < bounds.size(); i++) {
      assertEquals(i + 2, histogram.upTo(i));
    }
    assertEquals(bounds.size() + 2, histogram.count());
    assertThrows(IndexOutOfBoundsException.class, () -> histogram.upTo(bounds.size()));
    assertThrows(IndexOutOfBoundsException.class, () -> histogram.upTo(-1));
    latencies.add(1);
    assertEquals(bounds.size() + 2, histogram.count()); // a snapshot
  }
}
